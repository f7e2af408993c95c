// Steps, gates and strategies of the language's tables.
#include <deployctl/error.hpp>

#include "base/field_diff.hpp"
#include "config/language.hpp"
#include "config/language_parts.hpp"

namespace deployctl::config {

namespace language {

namespace {

std::vector<std::string> cause_choices() {
  return {cause_names.begin(), cause_names.end()};
}

Field retry_field() {
  const std::string help =
      "How often a target's failed attempt is made again; a number is the number of attempts.";
  return one_of(
      "retry", help,
      {integer("retry", help, 1),
       object("retry", help,
              {needed(integer("attempts", "Attempts in all, the first one included.", 1)),
               duration("delay", "The wait before the second attempt; it doubles each time.", "2s"),
               duration("max_delay", "The longest wait between two attempts.", "1m"),
               list_of(choice("on", "A cause of failure that is tried again.", cause_choices()),
                       "Causes of failure that are tried again; without it those that may pass.")})});
}

Field irreversible_field() {
  return object("irreversible", "Marks a step that cannot be taken back, and says why.",
                {needed(text("why", "Why it cannot be taken back; shown in the plan.",
                             "schema migrations go forward only")),
                 choice("older_code", "Whether the release before works with what this step did.",
                        {"works", "breaks"})});
}

Field for_each_field() {
  const std::string help = "Makes one instance of the step for each item; ${each.name} is its name.";
  Field fields{
      .name = "for_each", .type = FieldType::map, .help = "The item's own fields, as ${each.FIELD}."};
  fields.element = {Field{.name = "for_each", .type = FieldType::any, .help = "A field of the item."}};
  auto names = list_of(text("for_each", "The name of one item.", "[api, worker]"), help);
  names.least = 1;
  return one_of("for_each", help, {std::move(names), named_map(std::move(fields), help)});
}

Field list_of_globs(std::string name, std::string help, std::string example) {
  auto element = text(std::move(name), "A glob: * within a folder, ** across folders.", std::move(example));
  return list_of(std::move(element), std::move(help));
}

std::vector<Field> rolling_fields() {
  const auto batch =
      text("batch", "Hosts at once, as a number or a percentage of the declared hosts.", "25%");
  auto several = list_of(batch, "Cumulative amounts, one wave each; the last repeats.");
  several.least = 1;
  Field skip = object("unreachable", "Goes on without hosts that cannot be reached.",
                      {needed(integer("skip", "Most hosts that may be left out; they stay behind.", 1))});
  return {
      one_of("batch", "How many hosts change at once: 2, 25% or a list of rising amounts.", {batch, several}),
      duration("pause", "A wait between two waves.", "10s"),
      integer("max_failures",
              "Failed hosts that are borne: each is set back and stays behind; one more fails the step.", 0),
      text("max_unavailable",
           "Most hosts that may be out of service at once, as a number or a percentage; hosts that are down "
           "already count.",
           "25%"),
      one_of("unreachable", "What a host means that cannot be reached before it was changed.",
             {choice("unreachable", "The step fails.", {"fail"}), skip}),
      choice("on_abort",
             "What happens to this step's own hosts when it fails: all go back, those of the wave that "
             "failed, or none.",
             {"revert_all", "revert_wave", "stop"}),
      duration("min_healthy", "How long a host must stay healthy before it counts as done.", "10s"),
      duration("bake", "A wait behind each wave in which its gates are judged; one that fails ends it.",
               "5m"),
  };
}

Field canary_field() {
  Field weight{.name = "weights",
               .type = FieldType::percent,
               .help = "Share of the traffic.",
               .example = "25%",
               .least = 1};
  auto weights = list_of(weight, "Rising shares of the traffic, the last one 100%.");
  weights.least = 1;
  return object(
      "canary", "Moves a part first: some hosts, or a share of the traffic.",
      {text("hosts", "Hosts that go first, as a number or a percentage.", "1"), weights,
       duration("bake",
                "A wait behind each part in which its gates are judged; behind the first hosts only for "
                "`hosts`.",
                "5m"),
       object("then", "How the other hosts follow; without it one by one.",
              {one_of("batch", "Hosts at once.",
                      {text("batch", "Hosts at once.", "2"),
                       list_of(text("batch", "Cumulative amounts.", "25%"), "Cumulative amounts.")})})});
}

Field expect_field() {
  const auto bound = [](std::string name, std::string help) {
    return Field{
        .name = std::move(name), .type = FieldType::number, .help = std::move(help), .example = "500"};
  };
  return object(
      "expect", "The bounds the measured number must keep.",
      {bound("min", "The smallest number that passes."), bound("max", "The largest number that passes.")});
}

} // namespace

Field when_field(const std::vector<std::string>& keys) {
  const std::vector<Field> all = {
      list_of_globs("branches", "Branches on which the step is part of the pipeline.", "[main, release/*]"),
      list_of_globs("tags", "Tags on which the step is part of the pipeline.", "[v*]"),
      list_of(choice("result", "How the run ended.",
                     {"succeeded", "failed", "rolled_back", "interrupted", "aborted"}),
              "How the run must have ended."),
  };
  std::vector<Field> chosen;
  chosen.reserve(keys.size());
  for (const auto& key : keys) chosen.push_back(*find_field(all, key));
  return object("when", "Leaves the step out unless this holds.", std::move(chosen));
}

std::vector<Field> judging_fields() {
  return {
      since_later(expect_field()),
      since_later(choice("unit", "What the query answers in; bounds are converted.",
                         {"ratio", "percent", "seconds", "milliseconds", "count"})),
      duration("for", "How long the gate must go on passing; one failed sample ends it.", "5m"),
      duration("interval", "The time between two samples; without it what the action says.", "15s"),
      integer("min_samples", "Samples with data needed before the gate may pass or fail.", 1),
      integer("consecutive", "Samples in a row that must pass; without it what the action says.", 1),
      choice("no_data",
             "What a sample without data means: wait asks again until the limit, fail fails. It is never a "
             "pass.",
             {"wait", "fail"}),
      choice("on_error", "What a question that failed means: fail, or wait and ask again until the limit.",
             {"fail", "wait"}),
      duration("hold", "A wait before the first sample, so that it is about the new version.", "30s"),
  };
}

std::vector<Field> make_step_fields(Field when) {
  Field undo = inputs_map("undo", "For a task: inputs of the same action that take it back.");
  std::vector<Field> fields = {
      uses("The action, such as host.release; without it the step only judges its gates."),
      with(),
      list_of(text("needs", "A step that comes first.", "[build]"),
              "Steps that come first; references add theirs by themselves."),
      std::move(when),
      list_of(text("environments", "Environments that have the step; without it all.", "[production]"),
              "Environments that have the step; without it all."),
      text("provider", "The instance under `providers` that the action talks to.", "aws.production"),
      for_each_field(),
      list_of_globs("sources", "Files the step depends on; without it the whole repository.", "[src/**]"),
      object("strategy", "How the step moves over its targets; exactly one of the keys.", strategy_fields()),
      list_of(text("gates", "A gate of the pipeline.", "[healthy]"),
              "Gates judged behind every wave and at the end."),
      approval_field(),
      duration("timeout", "The bound of one target's attempt.", "10m"),
      retry_field(),
      choice("on_failure", "What happens to the steps before this one when it fails.", {"rollback", "stop"}),
      irreversible_field(),
      std::move(undo),
      boolean("always", "Runs a task again even if nothing it depends on changed."),
  };
  for (auto& field : judging_fields()) fields.push_back(std::move(field));
  return fields;
}

} // namespace language

const std::vector<Field>& strategy_fields() {
  using namespace language;
  static const std::vector<Field> fields = {
      object("rolling", "A few hosts at a time.", rolling_fields()),
      canary_field(),
      object("blue_green", "The new version beside the old one, then one switch.",
             {duration("bake", "A wait before the old version is removed, in which the gates are judged.",
                       "10m")}),
      object("all_at_once", "Every target at the same time.", {}),
  };
  return fields;
}

} // namespace deployctl::config
