#include "ui/status_view.hpp"

#include "ui/history_view.hpp"
#include "ui/value_text.hpp"

namespace deployctl::ui {
namespace {

std::string step_text(const LiveStep& step, const Style& style) {
  std::string out = "  " + step.id + " (" + step.action + "): " +
                    paint(style, step.state == "as released" ? Role::none : Role::warning, step.state);
  if (!step.why.empty()) out.append(", " + one_line(step.why));
  out.append("\n");
  for (const auto& [target, fields] : step.drift)
    for (const FieldChange& field : fields)
      out.append("      " + (target.empty() ? std::string() : target + "  ") + field.path + "  " +
                 change_text(field, style, style.width - 24) + "\n");
  return out;
}

} // namespace

std::string status_text(const EnvironmentStatus& status, const Style& style) {
  std::string out = facts_text(status.stack,
                               {{"live", status.release.empty() ? "nothing" : status.release},
                                {"since", status.since},
                                {"by", status.by},
                                {"commit", status.commit},
                                {"lock", status.lock.empty() ? "free" : status.lock},
                                {"pending", status.pending}},
                               style);
  if (!status.steps.empty()) out.append("\n" + paint(style, Role::strong, "Steps") + "\n");
  for (const LiveStep& step : status.steps) out.append(step_text(step, style));
  return out;
}

} // namespace deployctl::ui
