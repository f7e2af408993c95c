// Ports that write down which operations were asked for and pass them on, from any thread as ports may be
// used.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <deployctl/session.hpp>

namespace deployctl::tests {

class Tap final : public Http, public Hosts, public Processes {
public:
  Tap(Ports inner, std::vector<std::string>& asked) : inner_(inner), asked_(asked) {}

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    note(request.operation);
    return inner_.http.send(request, std::move(stop));
  }
  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override {
    note(command.operation);
    return inner_.hosts.run(host, command, std::move(stop));
  }
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override {
    note(transfer.operation);
    return inner_.hosts.transfer(host, transfer, std::move(stop));
  }
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token stop) override {
    note(request.operation);
    return inner_.processes.run(request, std::move(stop));
  }

  Ports ports() {
    return {.http = *this,
            .hosts = *this,
            .processes = *this,
            .files = inner_.files,
            .clock = inner_.clock,
            .random = inner_.random};
  }

private:
  void note(const std::string& operation) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(operation);
  }

  Ports inner_;
  std::mutex mutex_;
  std::vector<std::string>& asked_;
};

} // namespace deployctl::tests
