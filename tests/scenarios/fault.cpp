#include "scenarios/fault.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "scenarios/script.hpp"

namespace deployctl::scenarios {
namespace {

using simulated::Act;

struct ActRow {
  std::string_view name;
  Act act;
  std::string_view sentence;
};

constexpr std::array<ActRow, 15> acts = {{
    {"fail_before", Act::fail_before, "will fail, without any effect"},
    {"fail_after", Act::fail_after, "will happen and be told as failed"},
    {"lose_answer", Act::lose_answer, "will happen, and its answer will be lost"},
    {"hold", Act::hold, "will take until it may go on"},
    {"hold_after", Act::hold_after, "will happen, and its answer takes until it may come"},
    {"bug", Act::bug, "will run into a bug"},
    {"die_before", Act::die_before, "will be cut off: the process is killed before it happens"},
    {"die_after", Act::die_after, "will be cut off: it happens, and the process is killed before the answer"},
    {"go_back", Act::go_back, "will happen, and the target will go back by itself"},
    {"never_ready", Act::never_ready, "will not become ready"},
    {"crash_loop", Act::crash_loop, "will crash after its start"},
    {"unknowable", Act::unknowable, "cannot be asked afterwards"},
    {"still_running", Act::still_running, "is still under way when it is asked for"},
    {"unobservable", Act::unobservable, "cannot be looked at"},
    {"undiagnosable", Act::undiagnosable, "gives no reason"},
}};

const ActRow& row_of(const std::string& name) {
  const auto found =
      std::find_if(acts.begin(), acts.end(), [&](const ActRow& row) { return row.name == name; });
  if (found == acts.end()) throw std::runtime_error("no act '" + name + "'");
  return *found;
}

std::string times_text(int times) {
  if (times == 0) return ", every time";
  return times == 1 ? "" : ", " + std::to_string(times) + " times";
}

} // namespace

simulated::Rule read_fault(const std::string& act, const yaml::Node& details) {
  simulated::Rule rule{.act = row_of(act).act,
                       .step = text_of(details, "step"),
                       .target = text_of(details, "target"),
                       .stage = text_of(details, "stage"),
                       .times = static_cast<int>(number_of(details, "times", 1)),
                       .error = std::nullopt};
  const std::string message = text_of(details, "message");
  if (message.empty()) return rule;
  rule.error = Error{.cause = cause_from_text(text_of(details, "cause", "command_failed")).value(),
                     .message = message,
                     .help = text_of(details, "help")};
  rule.error->retryable = text_of(details, "retryable") == "true";
  if (const yaml::Node* evidence = details.find("evidence"))
    for (const yaml::Node& line : evidence->items) rule.error->evidence.push_back(line.text);
  return rule;
}

std::string fault_text(const simulated::Rule& rule, const std::string& act) {
  std::string text = rule.step.empty() ? "any step" : rule.step;
  if (!rule.target.empty()) text.append(" on ").append(rule.target);
  if (!rule.stage.empty()) text.append(", stage ").append(rule.stage).append(",");
  text.append(" ").append(row_of(act).sentence);
  if (rule.error) text.append(": ").append(rule.error->message);
  return text + times_text(rule.times);
}

} // namespace deployctl::scenarios
