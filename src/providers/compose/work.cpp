#include "providers/compose/work.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"
#include "providers/compose/faults.hpp"
#include "providers/compose/guards.hpp"
#include "providers/compose/looking.hpp"
#include "providers/compose/plan.hpp"
#include "providers/compose/rendering.hpp"
#include "providers/compose/work_scripts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr const char* begun_only = ", begun";
// What people want to see while it happens; the others answer questions of ours.
constexpr std::array<std::string_view, 3> heard = {"pull", "run", "clean"};

std::int64_t kibibytes_of(const Value& source) {
  std::int64_t bytes = 0;
  if (const Value* entries = source.find("entries"); entries && entries->map())
    for (const auto& [name, entry] : *entries->map()) bytes += number_at(entry, "size").value_or(0) + 4096;
  return bytes / 1024 + 1;
}

} // namespace

ProjectWork::ProjectWork(WriteSession& session, std::string socket, const ProjectInputs& inputs,
                         const Change& change, const Stage& stage, const Intent& intent)
    : session_(session), socket_(std::move(socket)), inputs_(inputs), stage_(stage), intent_(intent),
      move_(move_from(change.basis)) {}

Status ProjectWork::run() {
  using Work = Status (ProjectWork::*)();
  static constexpr std::array<std::pair<std::string_view, Work>, 8> stages = {{
      {stage_upload, &ProjectWork::upload},
      {stage_pull, &ProjectWork::pull},
      {stage_up, &ProjectWork::up},
      {stage_record, &ProjectWork::make_live},
      {stage_clean, &ProjectWork::clean},
      {stage_back, &ProjectWork::back},
      {stage_set_aside, &ProjectWork::set_aside},
      {stage_remove, &ProjectWork::remove},
  }};
  for (const auto& [name, work] : stages)
    if (name == stage_.name) return (this->*work)();
  return fail(Cause::internal, fmt::format("compose.project has no stage '{}'", stage_.name));
}

std::string ProjectWork::name() const {
  return last_part(move_.to);
}

Result<HostResult> ProjectWork::script(const std::string& operation, const std::string& text,
                                       std::vector<std::string> arguments, Text input,
                                       const std::map<std::string, Text>& environment) {
  arguments.insert(arguments.begin(), socket_);
  const bool is_heard = std::ranges::find(heard, std::string_view(operation)) != heard.end();
  const HostCommand command{.operation = operation,
                            .script = text,
                            .arguments = std::move(arguments),
                            .environment = environment,
                            .input = std::move(input),
                            .timeout = stage_.timeout,
                            .output = is_heard ? &session_.output : nullptr};
  auto result =
      run_script(session_.ports.hosts, move_.host, command,
                 fmt::format("cannot {} the project '{}' on '{}'", operation, inputs_.name, move_.host.name),
                 session_.stop);
  if (!result) return fail(explained(std::move(result).error()));
  return result;
}

Status ProjectWork::compose(const std::string& folder, std::vector<std::string> line) {
  line.insert(line.begin(), move_.path + "/" + folder);
  DEPLOYCTL_TRY(const HostResult result, script("run", run_script_text, std::move(line)));
  return refuse_questions(result);
}

// A disk that is full is not left full.
Status ProjectWork::upload() {
  DEPLOYCTL_CHECK(check_images());
  Status sent = send();
  const bool is_full = !sent && (sent.error().cause == Cause::capacity || sent.error().cause == Cause::quota);
  if (!is_full) return sent;
  warn(script("discard", discard_script, {move_.path, name()}));
  return sent;
}

// What a plan could not know yet.
Status ProjectWork::check_images() {
  std::map<std::string, std::string> images;
  for (const auto& [service, expected] : move_.expected.services) images.emplace(service, expected.image);
  return check_pinned(inputs_, images, Moment::work);
}

Status ProjectWork::send() {
  DEPLOYCTL_TRY(const HostResult there, script("present", present_script, {move_.path, name()}));
  if (trim(there.out) == "present") return {};
  DEPLOYCTL_CHECK(
      script("prepare", prepare_script, {move_.path, std::to_string(kibibytes_of(inputs_.source)), name()}));
  DEPLOYCTL_CHECK(send_tree());
  return seal();
}

Status ProjectWork::send_tree() {
  HostTransfer transfer{.operation = "upload",
                        .destination = move_.path + "/releases/." + name() + ".part",
                        .timeout = stage_.timeout,
                        .output = &session_.output};
  for (const auto& [file_name, entry] : tree_entries(inputs_.source)) {
    HostFile file{.name = file_name, .sha256 = text_at(entry, "sha256"), .link = text_at(entry, "link")};
    if (file.link.empty()) {
      file.mode = static_cast<unsigned>(number_at(entry, "mode").value_or(0644));
      DEPLOYCTL_TRY(file.source, session_.ports.files.blob(file.sha256));
    }
    transfer.files.push_back(std::move(file));
  }
  return session_.ports.hosts.transfer(move_.host, transfer, session_.stop);
}

std::string ProjectWork::revision() const {
  Value revision = move_.revision;
  revision["release"] = name();
  revision["run"] = intent_.run;
  revision["compose"] = move_.tool.version;
  revision["made_at"] = format_time(session_.ports.clock.wall());
  return to_json(revision, JsonMode::plain) + "\n";
}

Status ProjectWork::seal() {
  std::map<std::string, std::string> images;
  for (const auto& [service, expected] : move_.expected.services)
    if (!expected.image.empty()) images.emplace(service, expected.image);
  const Value source = Value::Map{{"source", inputs_.source},
                                  {"files", Value::List(inputs_.files.begin(), inputs_.files.end())}};
  DEPLOYCTL_TRY(const std::string version, main_version(session_.ports.files, source));
  std::vector<std::string> arguments = {move_.path, name(), move_.tool.is_first() ? "1" : "2",
                                        pinning_file(images, version), join(move_.images, "\n")};
  for (std::string& word : check_command(move_.tool, move_.to_files)) arguments.push_back(std::move(word));
  DEPLOYCTL_CHECK(
      script("seal", seal_script, std::move(arguments), revision(), script_variables(inputs_.env)));
  return {};
}

Status ProjectWork::pull() {
  if (move_.images.empty()) return {};
  DEPLOYCTL_CHECK(script("pull", pull_script, move_.images));
  return {};
}

Status ProjectWork::up() {
  DEPLOYCTL_CHECK(session_.effects.undo(move_value(way_back(move_))));
  DEPLOYCTL_CHECK(note(move_.to + begun_only));
  DEPLOYCTL_CHECK(end_dropped());
  DEPLOYCTL_CHECK(bring_up({.grace = inputs_.grace, .removes_orphans = inputs_.orphans == "remove"}));
  return note(move_.to);
}

// Before the new ones, which may want their ports.
Status ProjectWork::end_dropped() {
  if (move_.dropped.empty() || move_.from.empty()) return {};
  return compose(move_.from, remove_command(move_.tool, move_.from_files, move_.dropped));
}

Status ProjectWork::bring_up(const UpWishes& wishes) {
  return compose(move_.to, up_command(move_.tool, move_.to_files, wishes));
}

Status ProjectWork::take_down() {
  if (move_.from.empty()) return {};
  DEPLOYCTL_CHECK(note(move_.from + begun_only));
  return compose(move_.from, down_command(move_.tool, move_.from_files, inputs_.grace));
}

// Also before the effect: what was done in half is neither the one release nor the other.
Status ProjectWork::note(const std::string& state) {
  DEPLOYCTL_CHECK(script("note", note_up_script, {move_.path, state}));
  return {};
}

Status ProjectWork::make_live() {
  Value::Map hashes;
  if (!move_.to.empty()) {
    DEPLOYCTL_TRY(const Look look, look_at(session_.ports.hosts, move_.host, socket_,
                                           {.project = inputs_.name}, session_.stop));
    for (const auto& [service, hash] : hashes_of(look.containers)) hashes.emplace(service, hash);
  }
  const Value noted = Value::Map{{"run", intent_.run}, {"hashes", std::move(hashes)}};
  DEPLOYCTL_CHECK(
      script("record", record_script, {move_.path, move_.to}, to_json(noted, JsonMode::plain) + "\n"));
  return {};
}

void ProjectWork::warn(const Result<HostResult>& done) {
  if (!done) session_.output.line(Stream::err, "warning: " + done.error().message);
}

// What cannot be cleaned never fails a release that works.
Status ProjectWork::clean() {
  warn(script("clean", clean_script,
              {move_.path, std::to_string(inputs_.keep), move_.from, inputs_.prune ? "prune" : ""}));
  return {};
}

Status ProjectWork::back() {
  if (move_.to.empty()) {
    DEPLOYCTL_CHECK(take_down());
  } else {
    DEPLOYCTL_CHECK(note(move_.to + begun_only));
    DEPLOYCTL_CHECK(end_dropped());
    DEPLOYCTL_CHECK(bring_up({.grace = inputs_.grace}));
    DEPLOYCTL_CHECK(note(move_.to));
  }
  return make_live();
}

Status ProjectWork::remove() {
  DEPLOYCTL_CHECK(session_.effects.undo(move_value(way_back(move_))));
  DEPLOYCTL_CHECK(take_down());
  return make_live();
}

Status ProjectWork::set_aside() {
  warn(script("set-aside", set_aside_script, {move_.path, move_.from}));
  return {};
}

} // namespace deployctl::providers::compose
