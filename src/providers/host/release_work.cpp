#include "providers/host/release_work.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"
#include "providers/host/release_answer.hpp"
#include "providers/host/release_blocks.hpp"
#include "providers/host/release_plan.hpp"
#include "providers/host/release_scripts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::host {
namespace {

std::string archive_name(const Value& archive) {
  const bool plain = text_at(archive, "path").ends_with(".tar");
  return text_at(archive, "sha256").substr(0, 16) + (plain ? ".tar" : ".tar.gz");
}

} // namespace

ReleaseWork::ReleaseWork(WriteSession& session, const ReleaseInputs& inputs, const Change& change,
                         const Stage& stage, const Intent& intent)
    : session_(session), inputs_(inputs), change_(change), stage_(stage), intent_(intent),
      to_(text_at(change.basis, "to")), from_(text_at(change.basis, "from")) {
  if (const Value* host = change.basis.find("host")) host_ = host_from(*host);
}

Status ReleaseWork::run() {
  using Work = Status (ReleaseWork::*)();
  static constexpr std::array<std::pair<std::string_view, Work>, 7> stages = {{
      {stage_upload, &ReleaseWork::upload},
      {stage_preflight, &ReleaseWork::preflight},
      {stage_switch, &ReleaseWork::go_live},
      {stage_clean, &ReleaseWork::clean},
      {stage_switch_back, &ReleaseWork::go_back},
      {stage_set_aside, &ReleaseWork::set_aside},
      {stage_remove, &ReleaseWork::go_offline},
  }};
  for (const auto& [name, work] : stages)
    if (name == stage_.name) return (this->*work)();
  return fail(Cause::internal, fmt::format("host.release has no stage '{}'", stage_.name));
}

std::string ReleaseWork::name() const {
  return to_.substr(to_.rfind('/') + 1);
}

Result<HostResult> ReleaseWork::script(const std::string& operation, const std::string& text,
                                       std::vector<std::string> arguments, Text input) {
  const HostCommand command{.operation = operation,
                            .script = text,
                            .arguments = std::move(arguments),
                            .environment = {{"DEPLOYCTL_STEP", intent_.step}},
                            .input = std::move(input),
                            .timeout = stage_.timeout};
  return run_script(session_.ports.hosts, host_, command,
                    fmt::format("cannot {} '{}' on '{}'", operation, inputs_.path, host_.name),
                    session_.stop);
}

Status ReleaseWork::write(const std::string& operation, const std::string& text,
                          std::vector<std::string> arguments, Text input) {
  arguments.insert(arguments.begin(), inputs_.path);
  DEPLOYCTL_TRY(const HostResult result, script(operation, text, std::move(arguments), std::move(input)));
  for (const std::string_view line : split(result.out, '\n'))
    if (!line.empty()) session_.output.line(Stream::out, line);
  return {};
}

// A disk that is full is not left full. What a lost connection left is what the next attempt goes on with.
Status ReleaseWork::upload() {
  Status sent = send();
  const bool is_full = !sent && (sent.error().cause == Cause::capacity || sent.error().cause == Cause::quota);
  if (!is_full) return sent;
  if (const auto gone = write("discard", discard_script, {name()}); !gone)
    session_.output.line(Stream::err, "warning: " + gone.error().message);
  return sent;
}

Status ReleaseWork::send() {
  DEPLOYCTL_TRY(const HostResult there,
                script("verify", verify_script, {inputs_.path, name(), inputs_.owner, inputs_.group}));
  if (trim(there.out) == "present") return {};
  DEPLOYCTL_CHECK(write("prepare", prepare_script, {name(), std::to_string(needed_kibibytes(inputs_))}));
  std::string archive;
  if (inputs_.source.is_null()) {
    DEPLOYCTL_TRY(archive, send_archive());
  } else {
    DEPLOYCTL_CHECK(send_tree(name()));
  }
  std::vector<std::string> arguments = {name(), archive, inputs_.owner, inputs_.group};
  for (const SharedLink& shared : shared_links(inputs_))
    arguments.insert(arguments.end(), {shared.name, shared.link, shared.target});
  return write("seal", seal_script, std::move(arguments), revision());
}

Status ReleaseWork::send_tree(const std::string& name) {
  HostTransfer transfer{.operation = "upload",
                        .destination = inputs_.path + "/releases/." + name + ".part",
                        .timeout = stage_.timeout,
                        .output = &session_.output};
  ReleaseInputs alone = inputs_;
  alone.shared.clear(); // those links are made when it is sealed
  for (const auto& [entry_name, entry] : wanted_entries(alone)) {
    HostFile file{.name = entry_name, .sha256 = text_at(entry, "sha256"), .link = text_at(entry, "link")};
    if (file.link.empty()) {
      file.mode = static_cast<unsigned>(number_at(entry, "mode").value_or(0));
      DEPLOYCTL_TRY(file.source, session_.ports.files.blob(file.sha256));
    }
    transfer.files.push_back(std::move(file));
  }
  return session_.ports.hosts.transfer(host_, transfer, session_.stop);
}

Result<std::string> ReleaseWork::send_archive() {
  const std::string digest = text_at(inputs_.archive, "sha256");
  DEPLOYCTL_TRY(std::string local, session_.ports.files.blob(digest));
  const HostTransfer transfer{.operation = "upload",
                              .destination = inputs_.path + "/.deployctl/uploads",
                              .files = {{.name = archive_name(inputs_.archive),
                                         .source = std::move(local),
                                         .sha256 = digest,
                                         .mode = 0600}},
                              .timeout = stage_.timeout,
                              .output = &session_.output};
  DEPLOYCTL_CHECK(session_.ports.hosts.transfer(host_, transfer, session_.stop));
  return archive_name(inputs_.archive);
}

std::string ReleaseWork::revision() const {
  Value revision = Value::Map{{"release", name()},
                              {"digest", release_digest(inputs_)},
                              {"version", inputs_.version},
                              {"run", intent_.run},
                              {"made_at", format_time(session_.ports.clock.wall())}};
  if (Value answer = answer_of(change_.desired); !answer.is_null()) revision["answer"] = std::move(answer);
  if (inputs_.source.is_null()) revision["archive"] = "sha256:" + text_at(inputs_.archive, "sha256");
  return to_json(revision, JsonMode::plain) + "\n";
}

Status ReleaseWork::own_command(const std::string& operation, const std::vector<std::string>& command,
                                const std::string& folder) {
  HostCommand call{.operation = operation,
                   .script = run_in_directory,
                   .arguments = command,
                   .environment = inputs_.env,
                   .timeout = stage_.timeout,
                   .output = &session_.output};
  call.environment.insert_or_assign("DEPLOYCTL_STEP", intent_.step);
  call.environment.insert_or_assign("DEPLOYCTL_DIRECTORY", inputs_.path + "/" + folder);
  DEPLOYCTL_CHECK(run_script(session_.ports.hosts, host_, call,
                             fmt::format("{} failed on '{}'", operation, host_.name), session_.stop));
  return {};
}

Status ReleaseWork::preflight() {
  return own_command("preflight", inputs_.preflight, to_);
}

// What is live now, unless this stage ran before: then what its first attempt recorded.
Result<std::string> ReleaseWork::record_previous() {
  DEPLOYCTL_TRY(const HostResult link, script("link", link_script, {inputs_.path}));
  std::string previous(trim(link.out));
  if (previous == to_) previous = intent_.undo.empty() ? from_ : text_at(intent_.undo.front(), "previous");
  const bool only_tells =
      previous == to_; // nothing new was uploaded: the service was not told about what is live
  const Value* answer = change_.basis.find("answer");
  Value undo = Value::Map{
      {"previous", previous}, {"release", only_tells ? "" : to_}, {"answer", answer ? *answer : Value()}};
  if (const Value* unit = change_.basis.find("unit_before")) undo["unit"] = *unit;
  DEPLOYCTL_CHECK(session_.effects.undo(std::move(undo)));
  return previous;
}

Status ReleaseWork::go_live() {
  DEPLOYCTL_TRY(const std::string previous, record_previous());
  unit_ = owns_unit() ? std::optional(unit_text(*inputs_.systemd, inputs_.path)) : std::nullopt;
  return switch_to(to_, previous);
}

Status ReleaseWork::go_back() {
  if (const std::string unit = text_at(change_.basis, "unit_after"); !unit.empty()) unit_ = unit;
  if (!to_.empty()) return switch_to(to_, from_);
  return go_offline();
}

Status ReleaseWork::go_offline() {
  if (stage_.name == stage_remove) {
    Value undo = Value::Map{{"previous", from_}, {"release", ""}};
    if (const Value* unit = change_.basis.find("unit_before")) undo["unit"] = *unit;
    DEPLOYCTL_CHECK(session_.effects.undo(std::move(undo)));
  }
  DEPLOYCTL_CHECK(write("unlink", unlink_script, {from_}));
  if (!inputs_.systemd) return {};
  DEPLOYCTL_CHECK(service().stop());
  return owns_unit() ? service().write_unit(unit_) : Status();
}

Status ReleaseWork::switch_to(const std::string& link, const std::string& expected) {
  DEPLOYCTL_CHECK(write("switch", switch_script, {link, expected}));
  DEPLOYCTL_CHECK(tell_service(link));
  return write("mark", mark_script, {link, intent_.run});
}

Status ReleaseWork::tell_service(const std::string& link) {
  if (!inputs_.reload.empty()) DEPLOYCTL_CHECK(own_command("reload", inputs_.reload, link));
  if (!inputs_.systemd) return {};
  const Value* unit_after = change_.basis.find("unit_after");
  if (owns_unit() && unit_after && unit_after->is_null()) { // what is gone back to had none
    DEPLOYCTL_CHECK(service().stop());
    return service().write_unit(std::nullopt);
  }
  if (unit_) DEPLOYCTL_CHECK(service().write_unit(unit_));
  return service().tell();
}

ServiceWork ReleaseWork::service() {
  return {*inputs_.systemd, inputs_.path,
          [this](const std::string& operation, const std::string& text, std::vector<std::string> arguments,
                 Text input) { return script(operation, text, std::move(arguments), std::move(input)); }};
}

bool ReleaseWork::owns_unit() const {
  return inputs_.systemd && inputs_.systemd->service;
}

Status ReleaseWork::clean() {
  const auto cleaned = write("clean", clean_script, {std::to_string(inputs_.keep), from_});
  if (!cleaned) session_.output.line(Stream::err, "warning: " + cleaned.error().message);
  return {};
}

Status ReleaseWork::set_aside() {
  const auto moved = write("set-aside", set_aside_script, {from_.substr(from_.rfind('/') + 1)});
  if (!moved) session_.output.line(Stream::err, "warning: " + moved.error().message);
  return {};
}

} // namespace deployctl::providers::host
