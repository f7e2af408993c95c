#include "cli/journal_story.hpp"

#include <algorithm>
#include <array>

#include "base/time.hpp"
#include "cli/record_view.hpp"
#include "engine/approvals.hpp"
#include "engine/notice_history.hpp"

namespace deployctl::cli {
namespace {

using state::RecordType;
using ui::Tone;

std::optional<WallTime> time_of(const std::string& text) {
  const Result<WallTime> time = parse_time(text);
  return time ? std::optional(*time) : std::nullopt;
}

std::string with_detail(const std::string& text, const std::string& detail) {
  return detail.empty() ? text : text + ": " + detail;
}

class Telling {
public:
  explicit Telling(ui::RunStory& story) : story_(story) {}

  void add(const state::Record& record);

private:
  using Tell = void (Telling::*)(const RecordView&);
  struct Row {
    RecordType type;
    Tell tell;
  };

  void begin(const RecordView& record);
  void intent(const RecordView& record);
  void outcome(const RecordView& record);
  void ready(const RecordView& record);
  void gate(const RecordView& record);
  void approval(const RecordView& record);
  void decision(const RecordView& record);
  void notice(const RecordView& record);
  void end(const RecordView& record);
  void remote_id(const RecordView& record) { stage_line(record, "the target calls it " + record.text("id")); }
  void step_done(const RecordView& record);
  void failure(const RecordView& record);
  void taken_back(const RecordView& record);
  void signal(const RecordView& record) {
    say("signal " + std::to_string(record.number("number")) + " arrived", Tone::warning);
  }
  void lease_lost(const RecordView& record) {
    say(with_detail("the lock was lost; nothing new starts", record.text("why")), Tone::bad);
  }

  ui::StoryLine& say(std::string text, Tone tone = Tone::plain, std::string step = {},
                     std::string target = {});
  ui::StoryLine& stage_line(const RecordView& record, const std::string& what, Tone tone = Tone::plain);
  ui::StoryStage* stage_of(const RecordView& record);

  ui::RunStory& story_;
  std::optional<WallTime> now_;
};

void Telling::add(const state::Record& record) {
  static constexpr std::array<Row, 14> rows = {{{RecordType::run_begin, &Telling::begin},
                                                {RecordType::intent, &Telling::intent},
                                                {RecordType::remote_id, &Telling::remote_id},
                                                {RecordType::outcome, &Telling::outcome},
                                                {RecordType::ready, &Telling::ready},
                                                {RecordType::gate, &Telling::gate},
                                                {RecordType::step_done, &Telling::step_done},
                                                {RecordType::decision, &Telling::decision},
                                                {RecordType::approval, &Telling::approval},
                                                {RecordType::signal, &Telling::signal},
                                                {RecordType::lease_lost, &Telling::lease_lost},
                                                {RecordType::compensate_begin, &Telling::failure},
                                                {RecordType::compensate_end, &Telling::taken_back},
                                                {RecordType::run_end, &Telling::end}}};
  const RecordView payload(record.payload);
  now_ = time_of(payload.text("at"));
  if (!now_) now_ = time_of(payload.text("started_at"));
  // A message may find its receiver when the run is over.
  const bool is_later = story_.is_over && record.type == RecordType::decision;
  if (now_ && !is_later) story_.ended = now_;
  const auto row = std::ranges::find(rows, record.type, &Row::type);
  if (row != rows.end()) (this->*row->tell)(payload);
}

ui::StoryLine& Telling::say(std::string text, Tone tone, std::string step, std::string target) {
  story_.lines.push_back({.at = now_,
                          .tone = tone,
                          .step = std::move(step),
                          .target = std::move(target),
                          .text = std::move(text),
                          .evidence = {}});
  return story_.lines.back();
}

ui::StoryLine& Telling::stage_line(const RecordView& record, const std::string& what, Tone tone) {
  const std::int64_t attempt = record.number("ref.attempt");
  std::string text = record.flag("ref.back") ? "going back, " : "";
  text += record.text("ref.stage");
  if (attempt > 1) text += ", attempt " + std::to_string(attempt);
  return say(text + ": " + what, tone, record.text("ref.step"), record.text("ref.target"));
}

// The last one begun that this record speaks of.
ui::StoryStage* Telling::stage_of(const RecordView& record) {
  const auto found = std::find_if(story_.stages.rbegin(), story_.stages.rend(), [&](const auto& stage) {
    return stage.step == record.text("ref.step") && stage.target == record.text("ref.target") &&
           stage.stage == record.text("ref.stage") && stage.back == record.flag("ref.back");
  });
  return found == story_.stages.rend() ? nullptr : &*found;
}

void Telling::begin(const RecordView& record) {
  story_.operation = record.text("operation");
  story_.by = record.text("by");
  story_.pipeline_digest = record.text("pipeline_digest");
  say(story_.operation + " of " + story_.ending.subject + " by " + story_.by);
}

void Telling::intent(const RecordView& record) {
  const auto began = time_of(record.text("started_at"));
  story_.stages.push_back({.step = record.text("ref.step"),
                           .target = record.text("ref.target"),
                           .stage = record.text("ref.stage"),
                           .attempt = static_cast<int>(record.number("ref.attempt")),
                           .back = record.flag("ref.back"),
                           .began = began ? began : now_,
                           .ended = {},
                           .result = "open",
                           .tone = Tone::warning});
  stage_line(record, with_detail("begins", record.text("change.summary")));
}

void Telling::outcome(const RecordView& record) {
  const Value* error = record.find("error");
  const bool failed = error && error->map();
  const bool adopted = record.flag("adopted");
  std::string result = adopted ? "found done" : "done";
  if (failed) result = record.flag("untouched") ? "failed without effect" : "failed";
  const Tone tone = failed ? Tone::bad : Tone::good;
  if (ui::StoryStage* stage = stage_of(record)) {
    stage->ended = now_;
    stage->result = result;
    stage->tone = tone;
  }
  const std::string why =
      failed ? with_detail(RecordView(*error).text("cause"), RecordView(*error).text("message"))
             : std::string();
  ui::StoryLine& line = stage_line(record, with_detail(result, why), tone);
  if (failed) line.evidence = RecordView(*error).texts("evidence");
}

void Telling::ready(const RecordView& record) {
  if (ui::StoryStage* stage = stage_of(record)) stage->ended = now_;
  stage_line(record, "ready", Tone::good);
}

void Telling::gate(const RecordView& record) {
  ui::StoryGate gate{.step = record.text("step"),
                     .gate = record.text("gate"),
                     .place = record.text("place"),
                     .verdict = record.text("verdict"),
                     .detail = record.text("detail"),
                     .evidence = record.texts("evidence")};
  const std::string place = gate.place.empty() ? "" : " " + gate.place;
  const Tone tone = gate.verdict == "pass" ? Tone::good : Tone::bad;
  say(with_detail("gate " + gate.gate + place + ": " + gate.verdict, gate.detail), tone, gate.step).evidence =
      gate.evidence;
  story_.gates.push_back(std::move(gate));
}

void Telling::step_done(const RecordView& record) {
  const std::string result = record.text("result");
  ui::StoryLine& line = say(result, result == "failed" ? Tone::bad : Tone::good, record.text("step"));
  for (const Value& each : record.list("behind"))
    line.evidence.push_back(
        with_detail(RecordView(each).text("target") + " stays behind", RecordView(each).text("why")));
}

void Telling::decision(const RecordView& record) {
  const std::string what = record.text("what");
  if (what == engine::notice_told || what == engine::notice_named) return notice(record);
  const std::string who = record.text("by");
  say(with_detail("decision: " + what + (who.empty() ? "" : " by " + who), record.text("why")),
      Tone::warning);
}

// By the place and the action of the notice: "0 slack.message".
void Telling::notice(const RecordView& record) {
  const std::string who = record.text("by");
  const std::string action = who.substr(who.find(' ') + 1);
  const std::string why = record.text("why");
  const bool is_name = record.text("what") == engine::notice_named;
  say(action + (is_name ? " calls its message " + why : " is told '" + why + "'"));
}

void Telling::approval(const RecordView& record) {
  const ui::StoryApproval approval{.step = record.text("step"),
                                   .by = record.text("by"),
                                   .how = record.text("how"),
                                   .digest = record.text("digest"),
                                   .at = now_};
  say(engine::approval_words(approval.by, approval.how), Tone::good, approval.step);
  story_.approvals.push_back(approval);
}

void Telling::failure(const RecordView& record) {
  say(with_detail("failed, and what this run changed is taken back", record.text("error.message")), Tone::bad,
      record.text("step"))
      .evidence = record.texts("error.evidence");
}

void Telling::taken_back(const RecordView& record) {
  const std::string problem = record.text("problem");
  say(problem.empty() ? "is as before" : "could not be taken back: " + problem,
      problem.empty() ? Tone::good : Tone::bad, record.text("step"), record.text("target"));
}

void Telling::end(const RecordView& record) {
  ui::Ending& ending = story_.ending;
  story_.is_over = true;
  if (const auto ended = time_of(record.text("ended_at"))) story_.ended = ended;
  ending.outcome = record.text("outcome");
  ending.exit_code = static_cast<int>(record.number("exit_code"));
  ending.next_command = record.text("summary.next_command");
  ending.not_started = record.texts("summary.not_started");
  for (const Value& each : record.list("summary.world")) {
    const RecordView line(each);
    ending.world.push_back({line.text("state"), line.text("step"), line.text("target"), line.text("detail")});
  }
  if (record.find("summary.error"))
    ending.error =
        Error{.cause = cause_from_text(record.text("summary.error.cause")).value_or(Cause::internal),
              .message = record.text("summary.error.message"),
              .help = record.text("summary.error.help"),
              .evidence = record.texts("summary.error.evidence")};
  if (const std::int64_t number = record.number("summary.number"); number > 0) {
    const std::string version = record.text("summary.version");
    ending.release = "release " + std::to_string(number) + (version.empty() ? "" : ", version " + version);
  }
  say(ending.outcome + ", exit code " + std::to_string(ending.exit_code),
      ending.exit_code == 0 ? Tone::good : Tone::bad);
}

} // namespace

ui::RunStory story_of(const state::JournalContent& journal) {
  ui::RunStory story{.run = journal.header.run,
                     .tool = journal.header.tool,
                     .plan_digest = journal.header.plan_digest,
                     .began = time_of(journal.header.created_at),
                     .ending = {.outcome = "not ended", .subject = journal.header.stack}};
  Telling telling(story);
  for (const state::Record& record : journal.records) telling.add(record);
  if (journal.torn)
    story.missing.push_back("the last " + std::to_string(journal.torn->bytes) +
                            " bytes of the journal were not written whole");
  if (story.began && story.ended)
    story.ending.elapsed = std::chrono::duration_cast<Milliseconds>(*story.ended - *story.began);
  return story;
}

} // namespace deployctl::cli
