// What is done to the systemd unit of a release: its file is written, it is told, it is stopped. Part of
// release_work.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/ports/hosts.hpp>

#include "providers/host/systemd_unit.hpp"

namespace deployctl::providers::host {

// The arguments that every script of service_scripts.hpp begins with.
std::vector<std::string> service_arguments(const Systemd& systemd);

class ServiceWork {
public:
  using RunScript = std::function<Result<HostResult>(const std::string& operation, const std::string& script,
                                                     std::vector<std::string> arguments, Text input)>;

  ServiceWork(const Systemd& systemd, std::string root, RunScript run)
      : systemd_(systemd), root_(std::move(root)), run_(std::move(run)) {}

  Status tell();
  Status stop();
  // By digest: a file that is there already is left alone. Nothing: there shall be no file.
  Status write_unit(const std::optional<std::string>& text);

private:
  Status script(const std::string& operation, const std::string& text, std::vector<std::string> more,
                Text input = {});

  const Systemd& systemd_;
  std::string root_;
  RunScript run_;
};

} // namespace deployctl::providers::host
