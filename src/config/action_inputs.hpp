// The inputs of an action (`with`): read, interpolated, checked against its table, its groups and its own
// rules. The same for steps, gates, undo and notices.
#pragma once

#include <map>
#include <string>

#include <deployctl/provider.hpp>

#include "config/reader.hpp"
#include "config/scope.hpp"
#include "config/shape.hpp"

namespace deployctl::config {

struct ActionInputs {
  const Provider* provider = nullptr; // none: only the interpolations are checked
  const yaml::Node* with = nullptr;   // may be missing
  Span around;                        // what to underline when nothing is written
  Names names;
  const Where& where;
  HostResolver hosts = {};
  const SpannedEntry* filled = nullptr; // a field that was not written and stands for itself: the only role
};

struct ReadInputs {
  Value value;                       // without what was wrong
  std::map<std::string, Span> spans; // by path
};

ReadInputs read_action_inputs(const ActionInputs& inputs, const Reader& reader, const Probes& probes,
                              Findings& findings, Knowledge knowledge);

} // namespace deployctl::config
