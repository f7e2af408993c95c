// What a plan is made from, gathered once a run: the stack's records, the versions of secrets, and the
// connections that live as long as this does. Reads only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/connections.hpp"
#include "engine/engine.hpp"
#include "engine/planner.hpp"
#include "state/local_state.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

class Planning {
public:
  // Everything given must outlive it. `operation`: "apply" | "rollback" | "run".
  static Result<std::unique_ptr<Planning>> open(Environment& environment, const config::Pipeline& pipeline,
                                                const Source& source, std::string operation);

  // Prune, promotion and what was made beforehand. Errors: policy when artifacts should come from an
  // environment that has not proven this source.
  Status follow(const Source& source, const ApplyOptions& options);

  [[nodiscard]] PlanRequest& request() { return request_; }
  [[nodiscard]] const state::StackState& stack() const { return stack_; }
  [[nodiscard]] const std::optional<state::Release>& live() const { return live_; }

private:
  Planning(Environment& environment, const config::Pipeline& pipeline, const Source& source,
           state::StackState stack);
  Status read_records(const Source& source);
  Status promote(const Source& source, const std::string& from);

  Environment& environment_;
  state::StackState stack_;
  std::optional<state::Release> live_;
  Connections connections_;
  PlanRequest request_;
};

} // namespace deployctl::engine
