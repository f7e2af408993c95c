#include "cli/run_story.hpp"

#include <algorithm>
#include <array>

#include "base/strings.hpp"
#include "state/journal.hpp"

namespace deployctl::cli {
namespace {

using state::RecordType;
using ui::Tone;

constexpr std::uint64_t longest_plan = 64U << 20; // bytes

std::string text_at(const Value& value, std::string_view path) {
  const Value* found = value.find_path(path);
  return found && found->text() ? *found->text() : std::string();
}

std::int64_t number_at(const Value& value, std::string_view path) {
  const Value* found = value.find_path(path);
  const auto* number = found ? found->get<std::int64_t>() : nullptr;
  return number ? *number : 0;
}

bool flag_at(const Value& value, std::string_view path) {
  const Value* found = value.find_path(path);
  const bool* flag = found ? found->get<bool>() : nullptr;
  return flag && *flag;
}

std::vector<std::string> texts_at(const Value& value, std::string_view path) {
  std::vector<std::string> out;
  const Value* found = value.find_path(path);
  if (found && found->list())
    for (const Value& item : *found->list())
      if (item.text()) out.push_back(*item.text());
  return out;
}

std::optional<WallTime> time_of(const std::string& text) {
  const Result<WallTime> time = parse_time(text);
  return time ? std::optional(*time) : std::nullopt;
}

std::string with_detail(const std::string& text, const std::string& detail) {
  return detail.empty() ? text : text + ": " + detail;
}

// Reads what is there and passes over what is not: a record of another version is still worth showing.
class Telling {
public:
  explicit Telling(ui::RunStory& story) : story_(story) {}

  void add(const state::Record& record);

private:
  using Tell = void (Telling::*)(const Value&);
  struct Row {
    RecordType type;
    Tell tell;
  };

  void begin(const Value& record);
  void intent(const Value& record);
  void outcome(const Value& record);
  void ready(const Value& record);
  void gate(const Value& record);
  void approval(const Value& record);
  void decision(const Value& record);
  void end(const Value& record);
  void remote_id(const Value& record) { stage_line(record, "the target calls it " + text_at(record, "id")); }
  void step_done(const Value& record);
  void failure(const Value& record);
  void taken_back(const Value& record);
  void signal(const Value& record) {
    say("signal " + std::to_string(number_at(record, "number")) + " arrived", Tone::warning);
  }
  void lease_lost(const Value& record) {
    say(with_detail("the lock was lost; nothing new starts", text_at(record, "why")), Tone::bad);
  }

  ui::StoryLine& say(std::string text, Tone tone = Tone::plain, std::string step = {},
                     std::string target = {});
  ui::StoryLine& stage_line(const Value& record, const std::string& what, Tone tone = Tone::plain);
  ui::StoryStage* stage_of(const Value& record);

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
  now_ = time_of(text_at(record.payload, "at"));
  if (!now_) now_ = time_of(text_at(record.payload, "started_at"));
  if (now_) story_.ended = now_;
  const auto row = std::ranges::find(rows, record.type, &Row::type);
  if (row != rows.end()) (this->*row->tell)(record.payload);
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

ui::StoryLine& Telling::stage_line(const Value& record, const std::string& what, Tone tone) {
  const std::int64_t attempt = number_at(record, "ref.attempt");
  std::string text = flag_at(record, "ref.back") ? "going back, " : "";
  text += text_at(record, "ref.stage");
  if (attempt > 1) text += ", attempt " + std::to_string(attempt);
  return say(text + ": " + what, tone, text_at(record, "ref.step"), text_at(record, "ref.target"));
}

// The last one begun that this record speaks of.
ui::StoryStage* Telling::stage_of(const Value& record) {
  const auto found = std::find_if(story_.stages.rbegin(), story_.stages.rend(), [&](const auto& stage) {
    return stage.step == text_at(record, "ref.step") && stage.target == text_at(record, "ref.target") &&
           stage.stage == text_at(record, "ref.stage") && stage.back == flag_at(record, "ref.back");
  });
  return found == story_.stages.rend() ? nullptr : &*found;
}

void Telling::begin(const Value& record) {
  story_.operation = text_at(record, "operation");
  story_.by = text_at(record, "by");
  story_.pipeline_digest = text_at(record, "pipeline_digest");
  say(story_.operation + " of " + story_.ending.subject + " by " + story_.by);
}

void Telling::intent(const Value& record) {
  const auto began = time_of(text_at(record, "started_at"));
  story_.stages.push_back({.step = text_at(record, "ref.step"),
                           .target = text_at(record, "ref.target"),
                           .stage = text_at(record, "ref.stage"),
                           .attempt = static_cast<int>(number_at(record, "ref.attempt")),
                           .back = flag_at(record, "ref.back"),
                           .began = began ? began : now_,
                           .ended = {},
                           .result = "open",
                           .tone = Tone::warning});
  stage_line(record, with_detail("begins", text_at(record, "change.summary")));
}

void Telling::outcome(const Value& record) {
  const Value* error = record.find("error");
  const bool failed = error && error->map();
  const bool adopted = flag_at(record, "adopted");
  std::string result = adopted ? "found done" : "done";
  if (failed) result = flag_at(record, "untouched") ? "failed without effect" : "failed";
  const Tone tone = failed ? Tone::bad : Tone::good;
  if (ui::StoryStage* stage = stage_of(record)) {
    stage->ended = now_;
    stage->result = result;
    stage->tone = tone;
  }
  const std::string why =
      failed ? with_detail(text_at(*error, "cause"), text_at(*error, "message")) : std::string();
  ui::StoryLine& line = stage_line(record, with_detail(result, why), tone);
  if (failed) line.evidence = texts_at(*error, "evidence");
}

void Telling::ready(const Value& record) {
  if (ui::StoryStage* stage = stage_of(record)) stage->ended = now_;
  stage_line(record, "ready", Tone::good);
}

void Telling::gate(const Value& record) {
  ui::StoryGate gate{.step = text_at(record, "step"),
                     .gate = text_at(record, "gate"),
                     .place = text_at(record, "place"),
                     .verdict = text_at(record, "verdict"),
                     .detail = text_at(record, "detail"),
                     .evidence = texts_at(record, "evidence")};
  const std::string place = gate.place.empty() ? "" : " " + gate.place;
  const Tone tone = gate.verdict == "pass" ? Tone::good : Tone::bad;
  say(with_detail("gate " + gate.gate + place + ": " + gate.verdict, gate.detail), tone, gate.step).evidence =
      gate.evidence;
  story_.gates.push_back(std::move(gate));
}

void Telling::step_done(const Value& record) {
  const std::string result = text_at(record, "result");
  ui::StoryLine& line = say(result, result == "failed" ? Tone::bad : Tone::good, text_at(record, "step"));
  const Value* behind = record.find("behind");
  if (!behind || !behind->list()) return;
  for (const Value& each : *behind->list())
    line.evidence.push_back(with_detail(text_at(each, "target") + " stays behind", text_at(each, "why")));
}

void Telling::decision(const Value& record) {
  const std::string who = text_at(record, "by");
  say(with_detail("decision: " + text_at(record, "what") + (who.empty() ? "" : " by " + who),
                  text_at(record, "why")),
      Tone::warning);
}

void Telling::approval(const Value& record) {
  const ui::StoryApproval approval{.step = text_at(record, "step"),
                                   .by = text_at(record, "by"),
                                   .how = text_at(record, "how"),
                                   .digest = text_at(record, "digest"),
                                   .at = now_};
  say("approved by " + approval.by + " (" + approval.how + ")", Tone::good, approval.step);
  story_.approvals.push_back(approval);
}

void Telling::failure(const Value& record) {
  say(with_detail("failed, and what this run changed is taken back", text_at(record, "error.message")),
      Tone::bad, text_at(record, "step"))
      .evidence = texts_at(record, "error.evidence");
}

void Telling::taken_back(const Value& record) {
  const std::string problem = text_at(record, "problem");
  say(problem.empty() ? "is as before" : "could not be taken back: " + problem,
      problem.empty() ? Tone::good : Tone::bad, text_at(record, "step"), text_at(record, "target"));
}

void Telling::end(const Value& record) {
  ui::Ending& ending = story_.ending;
  story_.is_over = true;
  if (const auto ended = time_of(text_at(record, "ended_at"))) story_.ended = ended;
  ending.outcome = text_at(record, "outcome");
  ending.exit_code = static_cast<int>(number_at(record, "exit_code"));
  ending.next_command = text_at(record, "summary.next_command");
  ending.not_started = texts_at(record, "summary.not_started");
  if (const Value* world = record.find_path("summary.world"); world && world->list())
    for (const Value& line : *world->list())
      ending.world.push_back(
          {text_at(line, "state"), text_at(line, "step"), text_at(line, "target"), text_at(line, "detail")});
  if (const Value* error = record.find_path("summary.error"))
    ending.error = Error{.cause = cause_from_text(text_at(*error, "cause")).value_or(Cause::internal),
                         .message = text_at(*error, "message"),
                         .help = text_at(*error, "help"),
                         .evidence = texts_at(*error, "evidence")};
  if (const std::int64_t number = number_at(record, "summary.number"); number > 0) {
    const std::string version = text_at(record, "summary.version");
    ending.release = "release " + std::to_string(number) + (version.empty() ? "" : ", version " + version);
  }
  say(ending.outcome + ", exit code " + std::to_string(ending.exit_code),
      ending.exit_code == 0 ? Tone::good : Tone::bad);
}

// Kept as a blob before anything was changed.
void add_plan(const Records& records, const state::JournalContent& journal, ui::RunStory& story) {
  const auto begin = std::ranges::find(journal.records, RecordType::run_begin, &state::Record::type);
  const std::string digest = begin == journal.records.end() ? "" : text_at(begin->payload, "plan");
  if (digest.empty()) return;
  Result<plan::Plan> plan = records.state.blobs().read(digest, longest_plan).and_then([](const auto& text) {
    return plan::from_file(text);
  });
  if (plan)
    story.plan = *std::move(plan);
  else
    story.missing.push_back("the plan cannot be read: " + plan.error().message);
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

namespace {

Error no_such_run(const std::string& name) {
  return {.cause = Cause::config,
          .message = name == last_run ? "no run of this pipeline is recorded here"
                                      : "there is no run '" + name + "' of this pipeline",
          .help = "'deployctl history ENV' lists the runs"};
}

Result<std::string> run_id(const Records& records, const std::string& name) {
  DEPLOYCTL_TRY(const std::vector<std::string> runs, records.state.journals());
  if (name == last_run && !runs.empty()) return runs.back();
  if (std::ranges::find(runs, name) == runs.end()) return fail(no_such_run(name));
  return name;
}

} // namespace

Result<ui::RunStory> named_story(Invocation& invocation, const Project& project, const std::string& name) {
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  if (!records) return fail(no_such_run(name));
  DEPLOYCTL_TRY(const std::string run, run_id(*records, name));
  const std::string path = records->state.journal_path(run);
  Result<state::JournalContent> journal = state::read_journal(path);
  const std::string damage = journal ? std::string() : journal.error().message;
  if (!journal) journal = state::salvage_journal(path);
  if (!journal) return fail(std::move(journal).error());
  ui::RunStory story = story_of(*journal);
  story.ending.log = path;
  if (!damage.empty()) story.missing.push_back(damage);
  add_plan(*records, *journal, story);
  return story;
}

} // namespace deployctl::cli
