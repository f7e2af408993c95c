// A machine that nothing is done to: every request is refused, its clock stands where it is set, and nobody
// listens. For what is planned and executed in rehearsals.
#pragma once

#include <deployctl/ports/sinks.hpp>
#include <deployctl/session.hpp>

#include "config/probes.hpp"

namespace deployctl::engine::rehearsal {

class Untouched : private Http,
                  private Hosts,
                  private Processes,
                  private Files,
                  private EventSink,
                  private config::FileProbe {
public:
  [[nodiscard]] Ports ports() { return {*this, *this, *this, *this, clock_, random_}; }
  [[nodiscard]] const config::FileProbe& files() { return *this; }
  [[nodiscard]] EventSink& events() { return *this; }

private:
  class StillClock final : public Clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return {}; }
    [[nodiscard]] std::chrono::nanoseconds boot() const override { return {}; }
  };
  class Zeros final : public Random {
  public:
    void fill(std::span<std::byte> out) override;
  };

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;
  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override;
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override;
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token stop) override;
  Result<std::string> blob(const std::string& sha256) override;
  Result<std::string> find(const std::string& path, const std::string& sha256) override;
  Result<std::string> read(const std::string& path, std::size_t limit) override;
  void emit(Event event) override;
  [[nodiscard]] Result<Value> file(const std::string& path) const override;
  [[nodiscard]] Result<Value> tree(const std::string& path) const override;
  [[nodiscard]] bool exists(const std::string& path) const override;

  StillClock clock_;
  Zeros random_;
};

} // namespace deployctl::engine::rehearsal
