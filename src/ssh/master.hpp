// One master: the ssh process that holds the connection to one host, from its start to its end. Many commands
// go over it (ssh/mux_client.hpp); how many, and when it is opened again, is ssh/connection.hpp.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/result.hpp>

#include "os/background_process.hpp"
#include "os/bounded_wait.hpp"
#include "ssh/caretaker.hpp"
#include "ssh/jump_channel.hpp"
#include "ssh/ssh_arguments.hpp"
#include "ssh/touch_notice.hpp"

namespace deployctl::ssh {

class Master;

struct MasterRequest {
  Client client;
  Destination destination;
  Paths paths;
  std::shared_ptr<Master> jump;       // the way leads through it; null: as it is configured
  std::optional<JumpChannel> through; // the way, if there is a jump host
  std::string directory;              // of the run
};

class Master {
public:
  // One login. Ready when it greets and says that it is alive; otherwise the cause that its log names.
  static Result<std::unique_ptr<Master>> start(MasterRequest request, const os::Environment& environment,
                                               Caretaker& caretaker, os::BoundedWait& wait);
  ~Master(); // ends it, with everything that runs over it
  Master(const Master&) = delete;
  Master& operator=(const Master&) = delete;

  [[nodiscard]] const std::string& socket() const { return request_.paths.socket; }
  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  bool is_running(); // thread-safe, as is the next
  // Of a master that is gone or about to be; waits a moment for its last words. Names the jump host if that
  // is what was lost.
  Error cause_of_end();

private:
  Master(MasterRequest request, os::BackgroundProcess process, Caretaker& caretaker)
      : request_(std::move(request)), process_(std::move(process)), caretaker_(caretaker) {}
  Status become_ready(os::BoundedWait& wait, TouchNotice* touch);

  MasterRequest request_;
  std::mutex mutex_; // for process_'s memory of its end
  os::BackgroundProcess process_;
  Caretaker& caretaker_;
};

// That `jump` is gone, if it is, as the cause why `host` behind it is not reached.
std::optional<Error> loss_of_jump(Master& jump, const std::string& host);

// What the log at `path` says of the connection to `host`, with both fingerprints of a changed key.
Error cause_in_log(const std::string& path, const std::string& host);

} // namespace deployctl::ssh
