#include "engine/notices.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "base/redactor.hpp"
#include "base/time.hpp"
#include "engine/output_lines.hpp"
#include "engine/redacted.hpp"
#include "engine/verbs.hpp"
#include "secrets/resolver.hpp"
#include "state/holder.hpp"

namespace deployctl::engine {

struct Notices::Line {
  Line(const config::NoticeUse& notice, std::string name, std::stop_token abandon)
      : use(notice), key(std::move(name)), messages(std::move(abandon)) {}

  const config::NoticeUse& use;
  std::string key; // "0 slack.message": which notice of the pipeline
  std::set<std::string> told;
  std::vector<std::string> remote_ids; // used by the queue's thread alone once it runs
  NoticeQueue messages;
};

namespace {

// What the receiver calls a message, so that later ones can go on from it. A message leaves nothing that
// would have to be taken back.
class NoticeEffects final : public Effects {
public:
  NoticeEffects(std::vector<std::string>& ids, RunJournal* journal, const std::string& key)
      : ids_(ids), journal_(journal), key_(key) {}

  Status remote_id(std::string id) override {
    ids_.push_back(id);
    if (!journal_) return {};
    // The run may be over by now: then nobody goes on from it.
    static_cast<void>(journal_->decision({notice_named, key_, std::move(id)}));
    return {};
  }
  Status undo(Value) override { return {}; }

private:
  std::vector<std::string>& ids_;
  RunJournal* journal_;
  const std::string& key_;
};

NoticeSubject subject_of(const Notices::Parts& parts) {
  const auto& live = parts.planning.live();
  const Environment& environment = parts.environment;
  return {.pipeline = parts.pipeline,
          .plan = parts.plan,
          .run = parts.run,
          .started_at =
              parts.started_at.empty() ? format_time(environment.ports.clock.wall()) : parts.started_at,
          .by = environment.user_at_host,
          .job = state::this_process({}, {}, {}, environment.variables).link,
          .previous_version = live ? live->version : std::string(),
          .previous_commit = live ? live->commit : std::string()};
}

} // namespace

Notices::Notices(const Parts& parts) : parts_(parts), subject_(subject_of(parts)) {
  for (const config::NoticeUse& use : parts.pipeline.notify) {
    const std::string key = fmt::format("{} {}", lines_.size(), use.action);
    lines_.push_back(std::make_unique<Line>(use, key, parts.environment.interrupts.abandon));
    const auto before = parts_.told.find(key);
    if (before == parts_.told.end()) continue;
    lines_.back()->told = before->second.events;
    lines_.back()->remote_ids = before->second.remote_ids;
  }
}

Notices::~Notices() {
  finish();
}

void Notices::started() {
  tell("started", {});
}

void Notices::waits(const Ending& ending) {
  tell("approval", ending);
}

void Notices::ended(const Ending& ending) {
  if (const std::string_view event = event_of(ending); !event.empty()) tell(event, ending);
  finish();
}

void Notices::tell(std::string_view event, const Ending& ending) {
  for (const auto& line : lines_) {
    if (std::ranges::find(line->use.events, event) == line->use.events.end()) continue;
    if (!line->told.insert(std::string(event)).second) continue;
    Event about = notice_event(subject_, event, ending, format_time(parts_.environment.ports.clock.wall()));
    if (const Status written = write_down(*line, std::string(event)); !written) {
      report(line->use.action, {std::string(event), fail(written.error())});
      continue;
    }
    queue(*line, std::move(about));
  }
}

// Only while the run may still go on in another process.
Status Notices::write_down(const Line& line, const std::string& event) {
  const bool goes_on = event == "started" || event == "approval";
  if (!parts_.journal || !goes_on) return {};
  return parts_.journal->decision({notice_told, line.key, event});
}

void Notices::queue(Line& line, Event about) {
  std::string event = *about.fields.find("name")->text();
  line.messages.add({std::move(event), [this, &line, about = std::move(about)](const std::stop_token& stop) {
                       return send(line, about, stop);
                     }});
}

Status Notices::send(Line& line, Event about, const std::stop_token& stop) {
  const Environment& environment = parts_.environment;
  const Provider* provider = find_provider(environment.catalog, line.use.action);
  const Notice* notice = provider ? verbs<Notice>(*provider) : nullptr;
  if (!notice) return fail(Cause::internal, fmt::format("'{}' sends no notices", line.use.action));
  DEPLOYCTL_TRY(Connection * connection,
                parts_.planning.request().connections.get(*provider, line.use.instance, stop));
  about.fields = redacted(about.fields, environment.redactions);
  DEPLOYCTL_TRY(const Value known, inputs_about(line.use.inputs, about));
  const Value inputs = with_defaults(provider->description.fields, known);
  DEPLOYCTL_TRY(Value resolved, environment.resolver.resolve(inputs, stop));
  Value::List ids(line.remote_ids.begin(), line.remote_ids.end());
  about.fields["remote_ids"] = std::move(ids);
  about.message = environment.redactions.redact(about.message);
  GuardedPorts guard(environment.ports, provider->description, SessionMode::write, {inputs});
  NoticeEffects effects(line.remote_ids, parts_.journal, line.key);
  OutputLines lines(environment.events, "notify", {});
  WriteSession session{*connection, guard.ports(), effects, lines, stop};
  return notice->send(session, Ask{.step = line.key, .inputs = std::move(resolved)}, about);
}

void Notices::finish() {
  const Clock& clock = parts_.environment.ports.clock;
  const auto begun = clock.boot();
  for (const auto& line : lines_) {
    const std::chrono::nanoseconds left = longest_wait - (clock.boot() - begun);
    for (const NoticeOutcome& outcome : line->messages.finish(std::max(left, left.zero())))
      report(line->use.action, outcome);
  }
}

void Notices::report(const std::string& action, const NoticeOutcome& outcome) {
  const bool sent = outcome.sent.has_value();
  parts_.environment.events.emit({.type = "notice",
                                  .level = sent ? Level::info : Level::warning,
                                  .message = sent ? fmt::format("{}: told '{}'", action, outcome.about)
                                                  : fmt::format("{}: could not tell '{}': {}", action,
                                                                outcome.about, outcome.sent.error().message),
                                  .fields = Value::Map{{"event", outcome.about}, {"ok", sent}}});
}

} // namespace deployctl::engine
