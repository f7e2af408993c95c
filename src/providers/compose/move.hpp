// The way from one release of a project to another on one host, as a change keeps it between plan and apply,
// and undo data for the way back. Pure.
#pragma once

#include <string>
#include <vector>

#include <deployctl/host.hpp>
#include <deployctl/value.hpp>

#include "providers/compose/containers.hpp"
#include "providers/compose/tool.hpp"

namespace deployctl::providers::compose {

struct Move {
  Host host;
  Tool tool;
  std::string path;
  std::string to;   // "releases/NAME"; empty: nothing
  std::string from; // what is live
  ProjectFiles to_files;
  ProjectFiles from_files;
  std::vector<std::string> dropped; // services of `from` that `to` does not have: they end before `to` begins
  std::vector<std::string> images;  // that `to` needs
  Expected expected;                // of `to`
  Expected before;                  // of `from`
  Value revision;                   // what `to` says of itself: {services, volumes, env, files, project}
};

Value move_value(const Move& move);
Move move_from(const Value& basis);

// The same way in the other direction.
Move way_back(const Move& move);

} // namespace deployctl::providers::compose
