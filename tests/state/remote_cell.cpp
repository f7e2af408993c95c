#include "state/remote_cell.hpp"

namespace deployctl::state {

namespace {

constexpr Milliseconds day{24 * 3'600'000};
constexpr Milliseconds answer_limit{20'000}; // then it counts as missing

} // namespace

void RemoteWorld::begin(std::size_t index) {
  Controller& controller = controllers.at(index);
  controller.holder.run = "run-" + std::to_string(index);
  controller.holder.since = "2026-01-01T00:00:00.000Z";
  controller.effects = 1 + static_cast<int>(random_() % 12);
  at(Milliseconds(random_() % 20'000),
     {.controller = index, .event = lease::Acquire{controller.holder, Milliseconds(3'600'000)}});
}

void RemoteWorld::run(int count) {
  for (int i = 0; i < count; ++i)
    controllers.push_back({.lease = Lease("token-" + std::to_string(i), {}, safeguards_)});
  for (std::size_t i = 0; i < controllers.size(); ++i) begin(i);
  while (!line_.empty() && now_ < day) {
    const auto first = line_.begin();
    now_ = first->first.first;
    const Happening happening = first->second;
    line_.erase(first);
    handle(happening);
  }
}

void RemoteWorld::handle(const Happening& happening) {
  if (happening.swap) {
    const Swapped done = cell.swap(happening.swap->cell, happening.swap->expected);
    if (happening.answered)
      at(travel(), {.controller = happening.controller,
                    .event = lease::SwapAnswered{happening.swap->ticket, done.result, done.version, {}}});
    return;
  }
  Controller& controller = controllers.at(happening.controller);
  if (controller.dead || controller.over) return;
  if (chance(faults_.death)) {
    controller.dead = true;
    return;
  }
  if (controller.asleep_until <= now_ && chance(faults_.sleep))
    controller.asleep_until = now_ + Milliseconds(random_() % 180'000);
  if (controller.asleep_until > now_) {
    at(controller.asleep_until - now_, happening);
    return;
  }
  if (happening.event)
    deliver(happening.controller, *happening.event);
  else
    act(happening.controller);
}

void RemoteWorld::deliver(std::size_t index, LeaseEventBody body) {
  for (const LeaseCommand& command : controllers.at(index).lease.advance({now_, std::move(body)}))
    std::visit([&](const auto& each) { obey(index, each); }, command);
}

void RemoteWorld::obey(std::size_t index, const lease::ReadCell& command) {
  if (chance(faults_.lost_request + faults_.lost_answer)) {
    const Error none{.cause = Cause::timeout, .message = "no answer", .retryable = true};
    at(answer_limit, {.controller = index, .event = lease::CellSeen{command.ticket, fail(none)}});
    return;
  }
  at(travel(), {.controller = index, .event = lease::CellSeen{command.ticket, cell.there}});
}

void RemoteWorld::obey(std::size_t index, const lease::SwapCell& command) {
  const bool arrives = !chance(faults_.lost_request);
  const bool answered = arrives && !chance(faults_.lost_answer);
  if (arrives) at(travel(), {.controller = index, .event = {}, .swap = command, .answered = answered});
  if (!answered) ++lost_answers;
  // An answer that comes later finds that nobody waits for it any more.
  at(answer_limit,
     {.controller = index, .event = lease::SwapAnswered{command.ticket, CasResult::unknown, {}, {}}});
}

void RemoteWorld::obey(std::size_t index, const lease::AskLife& command) {
  at(Milliseconds(1), {.controller = index, .event = lease::LifeKnown{command.ticket, os::Life::unknown}});
}

void RemoteWorld::obey(std::size_t index, const lease::StartTimer& command) {
  at(command.delay, {.controller = index, .event = lease::TimerFired{command.ticket}});
}

void RemoteWorld::obey(std::size_t index, const lease::Granted& told) {
  if (told.took_over) ++takeovers;
  deliver(index, lease::Amend{{.pending_run = controllers.at(index).holder.run,
                               .current_release = {},
                               .release_number = {}}});
}

void RemoteWorld::obey(std::size_t index, const lease::Refused&) {
  controllers.at(index).over = true;
}

void RemoteWorld::work(std::size_t index) {
  at(Milliseconds(random_() % 20'000), {.controller = index, .event = {}});
}

void RemoteWorld::obey(std::size_t index, const lease::Amended& told) {
  Controller& controller = controllers.at(index);
  if (!told.amendment.current_release) {
    work(index);
    return;
  }
  controller.committed = true;
  deliver(index, lease::Release{});
}

void RemoteWorld::obey(std::size_t index, const lease::NotAmended& told) {
  controllers.at(index).refused_commit = told.amendment.current_release.has_value() && !told.maybe;
}

void RemoteWorld::obey(std::size_t index, const lease::Lost&) {
  controllers.at(index).lost = true;
}

void RemoteWorld::obey(std::size_t index, const lease::Released&) {
  controllers.at(index).over = true;
}

// An effect, or the commit when all are had.
void RemoteWorld::act(std::size_t index) {
  Controller& controller = controllers.at(index);
  if (controller.lost || controller.committing) return;
  if (!controller.lease.may_start(now_)) {
    work(index);
    return;
  }
  if (cell.there.cell.epoch != controller.lease.epoch())
    violations.push_back("an effect under epoch " + std::to_string(controller.lease.epoch()) +
                         " while the cell has " + std::to_string(cell.there.cell.epoch));
  if (--controller.effects > 0) {
    work(index);
    return;
  }
  controller.committing = true;
  deliver(index, lease::Amend{{.pending_run = std::string(),
                               .current_release = "release-" + controller.holder.run,
                               .release_number = controller.lease.last_seen().cell.release_number + 1}});
}

} // namespace deployctl::state
