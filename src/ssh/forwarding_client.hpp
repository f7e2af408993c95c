// One ssh that only forwards: for clients that cannot multiplex. It logs in once and stands until its end.
// What the SSH configuration itself forwards for that host is forwarded too: ssh cannot leave out only that.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "os/background_process.hpp"
#include "os/bounded_wait.hpp"
#include "ssh/mux_codec.hpp"
#include "ssh/run_context.hpp"

namespace deployctl::ssh {

struct ForwardOrder {
  std::vector<std::string> argv; // of ssh
  std::string listen;            // the socket of this machine that is in it
  std::string log;
  std::string host;
};

class ForwardingClient {
public:
  // Returns when the socket takes connections; else the cause that ssh's log names.
  static Result<std::unique_ptr<ForwardingClient>> start(RunContext& run, ForwardOrder order,
                                                         os::BoundedWait& wait);
  ~ForwardingClient(); // ends it
  ForwardingClient(const ForwardingClient&) = delete;
  ForwardingClient& operator=(const ForwardingClient&) = delete;

  bool is_running() { return !process_.exit_code(); } // one thread at a time

private:
  ForwardingClient(RunContext& run, ForwardOrder order, os::BackgroundProcess process);
  Status become_ready(os::BoundedWait& wait);

  RunContext& run_;
  ForwardOrder order_;
  os::BackgroundProcess process_;
};

// What stands behind ssh's -L. Cause::config: a name that ssh would take for more than a name.
Result<std::string> forward_text(const std::string& listen, const mux::Endpoint& target);

} // namespace deployctl::ssh
