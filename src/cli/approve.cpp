#include "cli/approve.hpp"

#include "cli/this_process.hpp"
#include "os/terminal.hpp"
#include "ui/plan_view.hpp"
#include "ui/prompt.hpp"

namespace deployctl::cli {
namespace {

ui::PlanSubject subject_of(const Invocation& invocation, const plan::Plan& plan, const state::Release* live) {
  return {.plan = plan,
          .file = invocation.options.file,
          .live_version = live ? live->version : std::string(),
          .live_since = live ? live->created_at : std::string()};
}

bool may_ask(const Invocation& invocation) {
  return invocation.terminal.may_ask && !invocation.options.no_input && !invocation.options.quiet &&
         invocation.console.is_text();
}

ui::Answer ask_person(Invocation& invocation, const ui::PlanSubject& subject) {
  const plan::Content& content = subject.plan.content;
  const std::string sentence =
      std::string(content.operation == "rollback" ? "Roll back " : "Apply this to ") + content.project + "/" +
      content.environment + "? " + ui::plan_totals(plan::count(content));
  const ui::Conversation conversation{
      .writer = invocation.console.err(),
      .read_line = []() -> std::optional<std::string> {
        Result<std::optional<std::string>> line = os::read_typed_line("");
        return line ? *std::move(line) : std::nullopt;
      },
      .details = [&] { return ui::plan_text(subject, invocation.console.err_style(), ui::every_detail); },
      .width = invocation.console.err_style().width};
  return ui::ask(
      {.environment = content.environment, .is_protected = content.is_protected, .sentence = sentence},
      conversation);
}

engine::Approval answered(const Invocation& invocation, ui::Answer answer) {
  const std::string by = user_at_host(invocation);
  switch (answer) {
  case ui::Answer::granted:
    return {.granted = true, .by = by, .how = "prompt"};
  case ui::Answer::denied:
    return {.by = by, .how = "prompt", .reason = "the answer was not an approval"};
  case ui::Answer::nobody:
    break;
  }
  return {.by = by, .reason = "the input ended before anybody answered"};
}

engine::Approval decide_step(Invocation& invocation, const plan::Plan& plan, const std::string& step,
                             const std::stop_token& stop) {
  const ScreenHold hold = invocation.events.hold(); // other steps go on meanwhile
  const plan::Content& content = plan.content;
  const ui::Conversation conversation{
      .writer = invocation.console.err(),
      .read_line = [&]() -> std::optional<std::string> {
        Result<std::optional<std::string>> line = os::read_typed_line("", stop);
        return line ? *std::move(line) : std::nullopt;
      },
      .details =
          [&] {
            return ui::plan_text({.plan = plan, .file = invocation.options.file},
                                 invocation.console.err_style(), ui::every_detail);
          },
      .width = invocation.console.err_style().width};
  return answered(invocation, ui::ask({.environment = content.environment,
                                       .is_protected = content.is_protected,
                                       .sentence = "Step '" + step + "' of " + content.project + "/" +
                                                   content.environment + " waits for approval. Go on?"},
                                      conversation));
}

} // namespace

void show_plan(Invocation& invocation, const plan::Plan& plan, const state::Release* live,
               const Value& document) {
  const ui::PlanSubject subject = subject_of(invocation, plan, live);
  ui::PlanDetail detail = invocation.line.has("full") ? ui::every_detail : ui::PlanDetail{};
  detail.all_hosts = invocation.line.has("all-hosts");
  if (invocation.events.has_job())
    invocation.events.know_plan(ui::plan_text(subject, ui::Style{.width = 100}, detail));
  invocation.console.answer(ui::plan_text(subject, invocation.console.out_style(), detail), document);
}

engine::Approval decide(Invocation& invocation, const plan::Plan& plan, const state::Release* live) {
  show_plan(invocation, plan, live, Value::Map{{"plan", ui::plan_document(plan)}});
  const std::string by = user_at_host(invocation);
  if (invocation.line.has("yes")) return {.granted = true, .by = by, .how = "--yes", .reason = {}};
  if (!may_ask(invocation))
    return {
        .granted = false, .by = by, .how = {}, .reason = "nobody is there to ask: --yes approves beforehand"};
  return answered(invocation, ask_person(invocation, subject_of(invocation, plan, live)));
}

void attend(Invocation& invocation, Wiring& wiring) {
  engine::Environment& engine = wiring.engine();
  engine.show = [&](const plan::Plan& plan) {
    show_plan(invocation, plan, wiring.live(), Value::Map{{"plan", ui::plan_document(plan)}});
  };
  engine.approve = [&](const plan::Plan& plan) { return decide(invocation, plan, wiring.live()); };
  // --yes answered for the plan; a step that waits for somebody asks somebody.
  if (may_ask(invocation))
    engine.approve_step = [&](const plan::Plan& plan, const std::string& step, const std::stop_token& stop) {
      return decide_step(invocation, plan, step, stop);
    };
}

} // namespace deployctl::cli
