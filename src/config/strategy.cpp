#include "config/strategy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include <deployctl/units.hpp>

namespace deployctl::config {

namespace {

constexpr std::array<std::string_view, 4> names = {"rolling", "canary", "blue_green", "all_at_once"};
constexpr int whole = 100; // percent

std::optional<std::string> text_at(const Spanned* written) {
  if (!written) return std::nullopt;
  if (written->kind == Spanned::Kind::text) return written->text;
  if (written->kind != Spanned::Kind::leaf) return std::nullopt;
  if (const auto* text = written->value.text()) return *text;
  if (const auto* number = written->value.get<std::int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

std::optional<Amount> read_amount(const Spanned* written, std::string_view key, Findings& findings) {
  const auto text = text_at(written);
  if (!text) return std::nullopt;
  const auto amount = parse_amount(*text);
  if (amount && amount->value >= 1 && (!amount->percent || amount->value <= whole)) return *amount;
  findings.error("D0607", written->span, fmt::format("{} '{}' is not an amount of hosts", key, *text),
                 "expected at least 1, or 1% to 100%",
                 "write a number such as 2 or a percentage such as 25%");
  return std::nullopt;
}

void read_batch(const Spanned* written, Strategy& out, Findings& findings) {
  if (!written) return;
  if (written->kind != Spanned::Kind::list) {
    if (auto amount = read_amount(written, "batch", findings)) out.batch = {*amount};
    return;
  }
  out.batch.clear();
  for (const auto& item : written->items) {
    const auto amount = read_amount(&item, "batch", findings);
    if (!amount) continue;
    if (!out.batch.empty() && out.batch.back().percent == amount->percent &&
        amount->value <= out.batch.back().value)
      findings.error("D0607", item.span,
                     fmt::format("batch {} does not rise above {}", format_amount(*amount),
                                 format_amount(out.batch.back())),
                     "not more than the one before",
                     "amounts in a list are cumulative: each counts all hosts so far");
    out.batch.push_back(*amount);
  }
}

void read_weights(const Spanned* written, Strategy& out, Findings& findings) {
  if (!written || written->kind != Spanned::Kind::list) return;
  for (const auto& item : written->items) {
    const auto text = text_at(&item);
    const auto weight = text ? parse_percent(*text) : Result<int>(0);
    if (!text || !weight) return; // the table said so already
    if (!out.weights.empty() && *weight <= out.weights.back())
      findings.error("D0608", item.span,
                     fmt::format("weight {}% does not rise above {}%", *weight, out.weights.back()),
                     "not more than the one before", "weights rise step by step: [5%, 25%, 100%]");
    out.weights.push_back(*weight);
  }
  if (!out.weights.empty() && out.weights.back() != whole)
    findings.error("D0608", written->items.back().span,
                   fmt::format("the last weight is {}%, not 100%", out.weights.back()), "must be 100%",
                   "the last step moves all the traffic: end the list with 100%");
}

void read_duration(const Spanned* written, Milliseconds& out) {
  if (const auto text = text_at(written))
    if (const auto duration = parse_duration(*text)) out = *duration;
}

void read_on_abort(const Spanned* written, OnAbort& out) {
  constexpr std::array<std::pair<std::string_view, OnAbort>, 3> rules = {
      {{"revert_all", OnAbort::revert_all}, {"revert_wave", OnAbort::revert_wave}, {"stop", OnAbort::stop}}};
  const auto text = text_at(written);
  for (const auto& [name, rule] : rules)
    if (text == name) out = rule;
}

void read_count(const Spanned* written, int& out) {
  const auto text = text_at(written);
  if (!text || text->empty() || text->size() > 9) return; // the table said so already
  if (std::all_of(text->begin(), text->end(), [](char c) { return c >= '0' && c <= '9'; }))
    out = std::stoi(*text);
}

void read_unreachable(const Spanned* written, Strategy& out) {
  const Spanned* skip = written ? written->find("skip") : nullptr;
  if (!skip) return; // "fail"
  int most = 0;
  read_count(skip, most);
  out.skip_unreachable = most;
}

void read_rolling(const Spanned& written, Strategy& out, Findings& findings) {
  out.batch = {Amount{}};
  read_batch(written.find("batch"), out, findings);
  read_duration(written.find("pause"), out.pause);
  read_duration(written.find("bake"), out.bake);
  read_duration(written.find("min_healthy"), out.min_healthy);
  read_on_abort(written.find("on_abort"), out.on_abort);
  read_count(written.find("max_failures"), out.max_failures);
  read_unreachable(written.find("unreachable"), out);
  out.max_unavailable = read_amount(written.find("max_unavailable"), "max_unavailable", findings);
}

void read_canary(const Spanned& written, Strategy& out, Findings& findings) {
  out.canary_hosts = read_amount(written.find("hosts"), "hosts", findings);
  read_weights(written.find("weights"), out, findings);
  read_duration(written.find("bake"), out.bake);
  const auto* hosts = written.entry("hosts");
  const auto* weights = written.entry("weights");
  if (hosts && weights)
    findings.error("D0205", weights->key_span, "'hosts' and 'weights' exclude each other in a canary",
                   "only one of them may be written", "hosts for machines, weights for traffic");
  if (!hosts && !weights)
    findings.error("D0206", written.span, "a canary says neither 'hosts' nor 'weights'",
                   "how much goes first?",
                   "write hosts: 1 for machines, or weights: [5%, 25%, 100%] for traffic");
  const auto* then = written.entry("then");
  if (then && !hosts)
    findings.error("D0205", then->key_span, "'then' in a canary needs 'hosts'", "nothing is left to follow",
                   "the last weight is 100% already");
  if (then) read_batch(then->value.find("batch"), out, findings);
}

void read_blue_green(const Spanned& written, Strategy& out, Findings&) {
  read_duration(written.find("bake"), out.bake);
}
void read_all_at_once(const Spanned&, Strategy&, Findings&) {}

using Reader = void (*)(const Spanned&, Strategy&, Findings&);
constexpr std::array<Reader, 4> readers = {read_rolling, read_canary, read_blue_green, read_all_at_once};

} // namespace

std::string_view strategy_name(StrategyKind kind) {
  return names.at(static_cast<std::size_t>(kind));
}

std::optional<Strategy> read_strategy(const Spanned& written, const Where& where, Findings& findings) {
  if (written.kind != Spanned::Kind::map) return std::nullopt;
  std::optional<Strategy> strategy;
  for (const auto& entry : written.entries) {
    const auto* const name = std::find(names.begin(), names.end(), entry.key);
    if (name == names.end()) continue; // the table said so already
    if (strategy) {
      findings.error("D0205", entry.key_span, fmt::format("{} has two strategies", where.text()),
                     "the second one", "a step moves in one way: keep one");
      continue;
    }
    const auto index = static_cast<std::size_t>(name - names.begin());
    strategy = Strategy{.kind = static_cast<StrategyKind>(index)};
    readers.at(index)(entry.value, *strategy, findings);
  }
  if (!strategy && written.entries.empty())
    findings.error("D0206", written.span, fmt::format("{} names no strategy", where.text()), "empty",
                   fmt::format("write one of {}", quoted_list({names.begin(), names.end()})));
  return strategy;
}

namespace {

// Machines go first in one way, traffic in the other.
void check_canary(const Strategy& strategy, const Spanned& written, const Description& action,
                  Findings& findings) {
  if (strategy.kind != StrategyKind::canary) return;
  const std::string_view wrong = action.on_hosts ? "weights" : "hosts";
  const Spanned* canary = written.find("canary");
  const SpannedEntry* entry = canary ? canary->entry(wrong) : nullptr;
  if (!entry) return;
  findings.error("D0606", entry->key_span, fmt::format("'{}' cannot do a canary by {}", action.name, wrong),
                 "not accepted",
                 action.on_hosts ? "it changes whole hosts: write hosts: 1 or hosts: 10%"
                                 : "it has one target: write weights: [5%, 25%, 100%]");
}

} // namespace

void check_accepted(const Strategy& strategy, const Spanned& written, const Description& action,
                    Findings& findings) {
  const auto& accepted = action.strategies;
  if (std::find(accepted.begin(), accepted.end(), strategy.kind) != accepted.end())
    return check_canary(strategy, written, action, findings);
  std::vector<std::string> accepted_names;
  accepted_names.reserve(accepted.size());
  for (const auto kind : accepted) accepted_names.emplace_back(strategy_name(kind));
  const auto* entry = written.entry(strategy_name(strategy.kind));
  findings.error("D0606", entry ? entry->key_span : written.span,
                 fmt::format("'{}' cannot do the strategy '{}'", action.name, strategy_name(strategy.kind)),
                 "not accepted",
                 accepted_names.empty() ? "it has one target and moves in one step: remove 'strategy'"
                                        : fmt::format("it accepts {}", quoted_list(accepted_names)));
}

Strategy default_strategy(const Description& action) {
  const auto& accepted = action.strategies;
  const auto accepts = [&](StrategyKind kind) {
    return std::find(accepted.begin(), accepted.end(), kind) != accepted.end();
  };
  if (action.on_hosts && accepts(StrategyKind::rolling))
    return {.kind = StrategyKind::rolling, .batch = {Amount{}}};
  if (accepted.empty() || accepts(StrategyKind::all_at_once)) return {.kind = StrategyKind::all_at_once};
  return {.kind = accepted.front()};
}

} // namespace deployctl::config
