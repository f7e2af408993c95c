#include "providers/docker/service_confirm.hpp"

#include <algorithm>

#include "base/members.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/docker/service_plan.hpp"
#include "providers/docker/service_routing.hpp"
#include "providers/docker/service_state.hpp"

namespace deployctl::providers::docker {
namespace {

using State = Confirmation::State;

const Container* named(const ServiceState& state, const std::string& name) {
  const auto found = std::ranges::find(state.all, name, &Container::name);
  return found == state.all.end() ? nullptr : &*found;
}

bool others_are_retired(const ServiceState& state, const std::string& name) {
  return std::ranges::all_of(state.all,
                             [&](const Container& one) { return one.name == name || is_retired(one); });
}

bool others_have_ended(const ServiceState& state, const std::string& name) {
  return std::ranges::all_of(
      state.all, [&](const Container& one) { return one.name == name || !is_active(one.status); });
}

bool is_done(const std::string& stage, const ServiceMove& move, const ServiceState& state) {
  if (stage == stage_remove) return others_are_retired(state, "");
  const Container* to = named(state, move.to);
  const bool runs = to && is_active(to->status);
  if (stage == stage_start || stage == stage_wake)
    return runs && (!move.stop_first || others_have_ended(state, move.to));
  const bool is_live = runs && to->restart_policy == move.restart && others_are_retired(state, move.to);
  if (stage == stage_take_over) return is_live;
  if (stage != stage_back) return false;
  if (move.made_here && named(state, move.from)) return false;
  return is_live || (move.to.empty() && others_are_retired(state, ""));
}

} // namespace

Confirmation confirm_service(ReadSession& session, const Engine& engine, const ServiceInputs& inputs,
                             const Intent& intent) {
  const auto unknown = [](const Error& error) {
    return Confirmation{.state = State::unknown, .detail = error.message};
  };
  const ServiceMove move = move_from(intent.change.basis);
  const std::string image = text_at(intent.change.desired, "image");
  const Value outputs = service_outputs(move.to, image);
  if (intent.stage == stage_pull) {
    const auto found = engine.find_image(plain_image(image), session.stop);
    if (!found) return unknown(found.error());
    return *found ? Confirmation{.state = State::done, .outputs = outputs}
                  : Confirmation{.state = State::not_done};
  }
  const auto there = service_state(engine, stack_of(session.connection), move.service, session.stop);
  if (!there) return unknown(there.error());
  if (intent.stage != stage_switch)
    return is_done(intent.stage, move, *there) ? Confirmation{.state = State::done, .outputs = outputs}
                                               : Confirmation{.state = State::not_done};
  const Container* to = named(*there, move.to);
  if (!to) return {.state = State::not_done};
  const ServiceRouting routing(inputs, session.connection, move.service, session.ports,
                               host_of_move(intent.change.basis), session.stop);
  const auto led = routing.leads_to(*to);
  if (!led) return unknown(led.error());
  return *led ? Confirmation{.state = State::done, .outputs = outputs}
              : Confirmation{.state = State::not_done};
}

Value service_outputs(const std::string& container, const std::string& image) {
  return Value::Map{{"container", container}, {"image", image}};
}

} // namespace deployctl::providers::docker
