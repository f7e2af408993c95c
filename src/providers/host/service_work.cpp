#include "providers/host/service_work.hpp"

#include "base/crypto.hpp"
#include "providers/host/service_scripts.hpp"

namespace deployctl::providers::host {

std::vector<std::string> service_arguments(const Systemd& systemd) {
  return {systemd.unit, systemd.scope, systemd.sudo ? "yes" : ""};
}

Status ServiceWork::script(const std::string& operation, const std::string& text,
                           std::vector<std::string> more, Text input) {
  std::vector<std::string> arguments = service_arguments(systemd_);
  arguments.insert(arguments.end(), more.begin(), more.end());
  DEPLOYCTL_CHECK(run_(operation, text, std::move(arguments), std::move(input)));
  return {};
}

Status ServiceWork::tell() {
  return script("service", service_script, {systemd_.action});
}

Status ServiceWork::stop() {
  return script("stop", stop_script, {});
}

Status ServiceWork::write_unit(const std::optional<std::string>& text) {
  const std::string digest = text ? sha256_hex(*text) : "";
  return script("write-unit", write_unit_script, {root_, unit_file(systemd_), digest},
                text ? Text(*text) : Text());
}

} // namespace deployctl::providers::host
