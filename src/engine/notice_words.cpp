#include "engine/notice_words.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/time.hpp"
#include "config/interpolation.hpp"
#include "engine/endings.hpp"

namespace deployctl::engine {

namespace {

// {0}: the stack, {1}: what is deployed, {2}: who, {3}: why.
struct Sentence {
  std::string_view event;
  Level level;
  std::string_view forward;
  std::string_view back; // of a rollback
};
constexpr std::array<Sentence, 5> sentences = {{
    {"started", Level::info, "{0}: {2} deploys {1}", "{0}: {2} goes back to {1}"},
    {"approval", Level::warning, "{0}: {1} waits for a person: {3}",
     "{0}: going back to {1} waits for a person: {3}"},
    {"succeeded", Level::info, "{0}: {1} is live", "{0}: {1} is live again"},
    {"failed", Level::error, "{0}: {1} failed: {3}", "{0}: going back to {1} failed: {3}"},
    {"rolled_back", Level::error, "{0}: {1} failed and was taken back: {3}",
     "{0}: going back to {1} failed and was taken back: {3}"},
}};

const Sentence& sentence_for(std::string_view event) {
  const auto* found = std::ranges::find(sentences, event, &Sentence::event);
  return found == sentences.end() ? sentences.back() : *found;
}

bool taken_back(const Ending& ending) {
  return std::ranges::any_of(ending.world,
                             [](const WorldLine& line) { return line.kind == WorldLine::Kind::reverted; });
}

std::string what(const NoticeSubject& subject) {
  const plan::Content& content = subject.plan.content;
  if (!content.version.empty()) return content.version;
  return content.commit.empty() ? "a release" : content.commit.substr(0, 12);
}

std::string took(const NoticeSubject& subject, const std::string& now) {
  const auto begun = parse_time(subject.started_at);
  const auto ended = parse_time(now);
  if (!begun || !ended) return {};
  return format_age(std::chrono::duration_cast<Milliseconds>(*ended - *begun));
}

std::string where(const Ending& ending) {
  return ending.error && !ending.error->frames.empty() ? ending.error->frames.back() : std::string();
}

std::string changed(const Ending& ending) {
  const auto count = std::ranges::count(ending.world, WorldLine::Kind::changed, &WorldLine::kind);
  return std::to_string(count);
}

} // namespace

std::string_view event_of(const Ending& ending) {
  if (ending.outcome == Outcome::aborted) return taken_back(ending) ? "rolled_back" : "failed";
  const std::string_view result = result_of(ending);
  if (result == "parked") return "approval";
  return result == "interrupted" ? std::string_view() : result;
}

Event notice_event(const NoticeSubject& subject, std::string_view event, const Ending& ending,
                   const std::string& now) {
  const plan::Content& content = subject.plan.content;
  const bool over = event != "started" && event != "approval";
  std::string why = ending.error ? ending.error->message : std::string();
  if (why.empty() && ending.outcome == Outcome::aborted) why = "it was aborted";
  const Sentence& sentence = sentence_for(event);
  const std::string_view form = content.operation == "rollback" ? sentence.back : sentence.forward;
  Event about{.type = "notice",
              .level = sentence.level,
              .message = fmt::format(fmt::runtime(form), subject.pipeline.stack(), what(subject), subject.by,
                                     why.empty() ? "no reason is known" : why),
              .time = now,
              .run = subject.run};
  about.fields = Value::Map{{"name", event},
                            {"operation", content.operation},
                            {"run", subject.run},
                            {"version", content.version},
                            {"commit", content.commit},
                            {"previous_version", subject.previous_version},
                            {"previous_commit", subject.previous_commit},
                            {"by", subject.by},
                            {"error", why},
                            {"help", ending.error ? ending.error->help : std::string()},
                            {"where", where(ending)},
                            {"changed", changed(ending)},
                            {"took", over ? took(subject, now) : std::string()},
                            {"next_command", ending.next_command},
                            {"job", subject.job},
                            {"project", subject.pipeline.project},
                            {"environment", subject.pipeline.environment},
                            {"stack", subject.pipeline.stack()},
                            {"started_at", subject.started_at},
                            {"ended_at", over ? now : std::string()},
                            {"release", ending.release},
                            {"exit_code", ending.exit_code},
                            {"world", *to_value(ending).find("world")}};
  return about;
}

Result<Value> inputs_about(const Value& inputs, const Event& event) {
  return config::resolve(
      inputs, [&event](std::string_view root) { return root == "event" ? &event.fields : nullptr; });
}

} // namespace deployctl::engine
