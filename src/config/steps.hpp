// One instance of a step: its keys and inputs as the pipeline's Step.
#pragma once

#include <optional>
#include <string>

#include "config/action_inputs.hpp"
#include "config/gates.hpp"
#include "config/instances.hpp"
#include "config/links.hpp"
#include "config/pipeline.hpp"

namespace deployctl::config {

class StepReader {
public:
  struct Inputs {
    std::string_view environment;
    const Outline& outline;
    Scope& scope;
    const Reader& reader;
    const Roles& roles;
    Instances& instances;
    Gates& gates;
    Links& links;
    const Probes& probes;
    Findings& findings;
    Knowledge knowledge;
  };
  explicit StepReader(const Inputs& inputs) : inputs_(inputs) {}

  // Of a present instance. `needs` is left to the graph.
  Step read(std::size_t index);
  // Of an absent one: only what others wait for through it.
  void link_absent(std::size_t index);

private:
  struct Keys;
  [[nodiscard]] Keys read_keys(const StepInstance& instance, const Reach& reach) const;
  struct WithPart {
    const yaml::Node* node = nullptr; // `with` or `undo`; may be missing
    const Reach& reach;
    const Where& where;
    const SpannedEntry* filled = nullptr;
  };
  [[nodiscard]] std::vector<Host> hosts_of(const StepInstance& instance, const Reach& reach,
                                           const SpannedEntry* filled) const;
  [[nodiscard]] ReadInputs read_with(const Step& step, const StepInstance& instance,
                                     const WithPart& part) const;
  void read_inputs(Step& step, const StepInstance& instance, std::size_t index);
  void read_undo(Step& step, const StepInstance& instance, std::size_t index);
  void read_strategy_of(Step& step, const Keys& keys, const StepInstance& instance);
  void read_gates(Step& step, const StepInstance& instance, std::size_t index);
  void check_kind(const StepInstance& instance, const Keys& keys);
  void check_retry(const Step& step, const StepInstance& instance, const Keys& keys);
  std::optional<SpannedEntry> only_role(const StepInstance& instance);
  [[nodiscard]] Reach reach_of(const StepInstance& instance, std::size_t index, bool may_use_itself) const;

  Inputs inputs_;
};

} // namespace deployctl::config
