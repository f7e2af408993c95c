// The stages of host.release on one host: what is sent and run there, in which order.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/host/release_inputs.hpp"
#include "providers/host/service_work.hpp"

namespace deployctl::providers::host {

// One host while one stage works on it. `inputs` has its secrets resolved.
class ReleaseWork {
public:
  ReleaseWork(WriteSession& session, const ReleaseInputs& inputs, const Change& change, const Stage& stage,
              const Intent& intent);

  // Every stage of release_plan.hpp. Done twice it does what it does once.
  Status run();

private:
  Status upload();
  Status send();
  Status preflight();
  Status go_live(); // records what was live, switches, tells the service
  Status go_back(); // to what was recorded
  Status go_offline();
  Status clean();
  Status set_aside();

  Status send_tree(const std::string& name);
  Result<std::string> send_archive();
  Result<std::string> record_previous();
  Status switch_to(const std::string& link, const std::string& expected);
  Status tell_service(const std::string& link);
  [[nodiscard]] ServiceWork service();  // of inputs that have a unit
  [[nodiscard]] bool owns_unit() const; // its file is ours to write
  Status own_command(const std::string& operation, const std::vector<std::string>& command,
                     const std::string& folder);
  Result<HostResult> script(const std::string& operation, const std::string& text,
                            std::vector<std::string> arguments, Text input = {});
  Status write(const std::string& operation, const std::string& text, std::vector<std::string> arguments,
               Text input = {});
  [[nodiscard]] std::string revision() const;
  [[nodiscard]] std::string name() const; // of the release that becomes live

  WriteSession& session_;
  const ReleaseInputs& inputs_;
  const Change& change_;
  const Stage& stage_;
  const Intent& intent_;
  Host host_;
  std::string to_;                  // "releases/NAME"
  std::string from_;                // what was live when this was planned
  std::optional<std::string> unit_; // the text that the unit's file gets
};

} // namespace deployctl::providers::host
