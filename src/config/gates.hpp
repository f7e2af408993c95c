// Gates: the named entries under `gates`, and their use by a step.
#pragma once

#include <optional>
#include <string_view>

#include "config/action_reading.hpp"
#include "config/pipeline.hpp"

namespace deployctl::config {

class Gates {
public:
  explicit Gates(const ActionReading& inputs) : inputs_(inputs) {}

  // As one step uses it; none when it is not judged in this environment or a mistake was reported.
  std::optional<GateUse> use(const yaml::Node& name, std::string_view step, const Reach& reach);
  // Checks every declared gate, used or not.
  void check_all();

private:
  std::optional<GateUse> read(const yaml::Entry& entry, const Reach& reach);
  [[nodiscard]] GateRule read_rule(const yaml::Entry& entry, const Reach& reach) const;
  [[nodiscard]] bool is_judged_here(const yaml::Node& gate) const;

  ActionReading inputs_;
};

} // namespace deployctl::config
