// One command over a master.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ssh/master.hpp"
#include "ssh/mux_client.hpp"
#include "ssh/remote_shell.hpp"
#include "ssh/slots.hpp"

namespace deployctl::ssh {

class MuxSession final : public RemoteSession {
public:
  static Result<std::unique_ptr<MuxSession>> open(const Clock& clock, std::shared_ptr<Master> master,
                                                  const std::string& command_line, os::BoundedWait& wait);
  // Given back when the session is.
  void keep(Slots::Place place) { place_ = std::move(place); }

  Streams& streams() override { return streams_; }
  int end_descriptor() override { return channel_.descriptor(); }
  Result<SessionEnd> wait(std::stop_token stop) override;

private:
  MuxSession(const Clock& clock, std::shared_ptr<Master> master, Streams streams, mux::Channel channel)
      : clock_(clock), master_(std::move(master)), streams_(std::move(streams)),
        channel_(std::move(channel)) {}
  Result<SessionEnd> await_end(std::stop_token stop);

  const Clock& clock_;
  std::shared_ptr<Master> master_;
  Slots::Place place_;
  Streams streams_;
  mux::Channel channel_; // ends before the place is given back
  std::optional<SessionEnd> end_;
};

// Whether this very master answers, within a moment.
bool is_alive(Master& master, const Clock& clock);

} // namespace deployctl::ssh
