#include <deployctl/host_state.hpp>

#include <array>
#include <utility>

#include "base/members.hpp"

namespace deployctl {
namespace {

constexpr std::array<std::pair<const char*, std::string HostState::*>, 5> texts = {{
    {"now", &HostState::now},
    {"since", &HostState::since},
    {"changed_by", &HostState::changed_by},
    {"condition", &HostState::condition},
    {"observed_at", &HostState::observed_at},
}};

} // namespace

void add_state(Value& facts, const HostState& state) {
  for (const auto& [name, member] : texts)
    if (!(state.*member).empty()) facts[name] = state.*member;
  if (state.is_memory) facts["is_memory"] = true;
  if (state.blocked.empty()) return;
  Value::List reasons;
  for (const std::string& reason : state.blocked) reasons.emplace_back(reason);
  facts["blocked"] = std::move(reasons);
}

HostState state_in(const Value& facts) {
  HostState state;
  for (const auto& [name, member] : texts) state.*member = text_at(facts, name);
  state.is_memory = flag_at(facts, "is_memory");
  state.blocked = texts_at(facts, "blocked");
  return state;
}

std::string state_difference(const HostState& before, const HostState& now) {
  const bool same = before.now == now.now && before.since == now.since;
  if (same || (before.now.empty() && now.now.empty())) return {};
  const auto named = [](const std::string& name) { return name.empty() ? std::string("nothing") : name; };
  std::string text = named(before.now) + " -> " + named(now.now);
  if (!now.changed_by.empty()) text += " by " + now.changed_by;
  if (!now.since.empty()) text += " at " + now.since;
  return text;
}

} // namespace deployctl
