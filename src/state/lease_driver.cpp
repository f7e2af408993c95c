#include "state/lease_driver.hpp"

#include <deque>
#include <optional>
#include <utility>

namespace deployctl::state {

namespace {

constexpr LeaseTerms no_expiry{.ttl = Milliseconds(0)};

} // namespace

LeaseDriver::LeaseDriver(const CellStore& store, std::string token,
                         std::function<os::Life(const Holder&)> life)
    : store_(store), life_(std::move(life)), lease_(std::move(token), no_expiry) {}

LeaseEventBody LeaseDriver::answer(const lease::ReadCell& question) const {
  return lease::CellSeen{question.ticket, store_.read()};
}

LeaseEventBody LeaseDriver::answer(const lease::SwapCell& question) const {
  auto swapped = store_.swap(question.cell, question.expected);
  if (swapped) return lease::SwapAnswered{question.ticket, swapped->result, swapped->version, std::nullopt};
  return lease::SwapAnswered{question.ticket, CasResult::unknown, {}, swapped.error()};
}

LeaseEventBody LeaseDriver::answer(const lease::AskLife& question) const {
  return lease::LifeKnown{question.ticket, life_(question.holder)};
}

std::vector<LeaseCommand> LeaseDriver::ask(LeaseEventBody wish) {
  std::vector<LeaseCommand> all;
  std::deque<LeaseEventBody> events;
  events.push_back(std::move(wish));
  while (!events.empty()) { // the protocol gives up after LeaseTerms::attempts
    const LeaseEventBody event = std::move(events.front());
    events.pop_front();
    for (LeaseCommand& command : lease_.advance({Milliseconds(0), event})) {
      if (const auto* read = std::get_if<lease::ReadCell>(&command))
        events.push_back(answer(*read));
      else if (const auto* swap = std::get_if<lease::SwapCell>(&command))
        events.push_back(answer(*swap));
      else if (const auto* life = std::get_if<lease::AskLife>(&command))
        events.push_back(answer(*life));
      else
        all.push_back(std::move(command));
    }
  }
  return all;
}

} // namespace deployctl::state
