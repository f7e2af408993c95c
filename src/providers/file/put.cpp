#include "providers/file/put.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "base/time.hpp"
#include "providers/file/put_inputs.hpp"
#include "providers/file/put_scripts.hpp"

namespace deployctl::providers::file {
namespace {

std::string copy_name(const std::string& path, const Intent& intent) {
  return path.substr(path.rfind('/') + 1) + ".before." + sha256_hex(intent.run).substr(0, 12);
}

class Put final : public Resource {
public:
  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override {
    std::vector<Result<Observation>> answers;
    for (const Ask& ask : asks) answers.push_back(observe_one(session, ask));
    return answers;
  }

  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const override {
    Change change;
    change.basis = seen.exists ? seen.managed : Value();
    if (!ask.inputs) return removal(std::move(change), ask, seen);
    change.desired = with_defaults(table_.fields(), *ask.inputs);
    DEPLOYCTL_TRY(const PutInputs inputs, table_.decode(change.desired));
    if (text_at(seen.facts, "kind") == "other")
      return fail(Cause::config, fmt::format("'{}' on '{}' is not a file", inputs.path, ask.target.name));
    const Content wanted = wanted_content(inputs);
    if (wanted.compared.empty() || text_at(seen.managed, "content") != wanted.compared)
      change.fields.push_back({.path = "content", .before = shown_content(seen), .after = wanted.shown});
    const std::string mode = canonical_mode(inputs.mode);
    if (const std::string before = text_at(seen.managed, "mode"); before != mode)
      change.fields.push_back(
          {.path = "mode", .before = before.empty() ? Value() : Value(before), .after = mode});
    std::ranges::move(ownership_changes(inputs, seen), std::back_inserter(change.fields));
    if (change.fields.empty()) return change;
    change.action = seen.exists ? Action::update : Action::create;
    change.summary = inputs.path;
    change.stages = {{.name = "write"},
                     {.name = "tidy", .kind = StageKind::finish, .on_cancel = OnCancel::leave}};
    return change;
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    const std::string path = text_at(change.desired, "path");
    const std::string copy = copy_name(path, intent);
    const Value outputs = Value::Map{{"path", path}};
    DEPLOYCTL_TRY(const Host host, host_of(intent.ask));
    const Place place{session, host, path, stage.timeout};
    if (const Value* restore = change.desired.find("restore")) {
      DEPLOYCTL_CHECK(place.run("restore", restore_script, {text_at(*restore, "copy")}));
      return outputs;
    }
    if (stage.kind == StageKind::finish) {
      if (const auto tidied = place.run("tidy", tidy_script, {copy}); !tidied)
        session.output.line(Stream::err, "warning: " + tidied.error().message);
      return outputs;
    }
    const bool existed = !change.basis.is_null();
    DEPLOYCTL_CHECK(
        session.effects.undo(Value::Map{{"before", change.basis}, {"copy", existed ? copy : ""}}));
    if (change.action == Action::remove) {
      DEPLOYCTL_CHECK(place.run("remove", remove_script, {copy}));
      return outputs;
    }
    DEPLOYCTL_TRY(const PutInputs inputs, table_.decode(change.desired));
    DEPLOYCTL_CHECK(write(place, inputs, existed ? copy : ""));
    return outputs;
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    Ask ask = intent.ask;
    ask.inputs = intent.change.desired; // also for a removal, which has a path only
    const auto seen = observe_one(session, ask);
    if (!seen) return {.state = Confirmation::State::unknown, .detail = seen.error().message};
    return {.state = holds(intent.change, *seen) ? Confirmation::State::done : Confirmation::State::not_done,
            .outputs = Value::Map{{"path", text_at(intent.change.desired, "path")}}};
  }

  Result<Change> revert(const Undo& undo, const Observation& seen) const override {
    const Value* before = undo.data.find("before");
    if (!before) return fail(Cause::internal, "undo data without 'before'");
    Change change;
    const Value& inputs = undo.ask.inputs ? *undo.ask.inputs : undo.ask.recorded;
    if (before->is_null() ? !seen.exists : seen.exists && seen.managed == *before) return change;
    change.action = before->is_null() ? Action::remove : seen.exists ? Action::update : Action::create;
    change.summary = text_at(inputs, "path");
    change.desired = Value::Map{{"path", text_at(inputs, "path")}, {"restore", undo.data}};
    change.stages = {{.name = "restore"}};
    return change;
  }

  Value outputs(const Ask& ask, const Observation&) const override {
    return Value::Map{{"path", text_at(ask.inputs ? *ask.inputs : ask.recorded, "path")}};
  }

private:
  // One file on one host, while it is changed.
  struct Place {
    WriteSession& session;
    const Host& host;
    const std::string& path;
    Milliseconds timeout;

    Status run(const std::string& operation, const std::string& script, std::vector<std::string> arguments,
               Text input = {}) const {
      arguments.insert(arguments.begin(), path);
      const HostCommand command{.operation = operation,
                                .script = script,
                                .arguments = std::move(arguments),
                                .input = std::move(input),
                                .timeout = timeout,
                                .output = &session.output};
      DEPLOYCTL_CHECK(run_script(session.ports.hosts, host, command,
                                 fmt::format("cannot {} '{}' on '{}'", operation, path, host.name),
                                 session.stop));
      return {};
    }
  };

  static Status write(const Place& place, const PutInputs& inputs, const std::string& copy) {
    std::vector<std::string> arguments = {
        canonical_mode(inputs.mode), copy, "", "", "", "", inputs.owner, inputs.group};
    if (!inputs.content) {
      const std::string digest = text_at(inputs.source, "sha256");
      arguments[2] = place.path.substr(place.path.rfind('/') + 1) + ".upload." + digest.substr(0, 12);
      DEPLOYCTL_TRY(std::string local, place.session.ports.files.blob(digest));
      const HostTransfer transfer{
          .operation = "upload",
          .destination = place.path.substr(0, place.path.rfind('/')) + "/.deployctl",
          .files = {{.name = arguments[2], .source = std::move(local), .sha256 = digest, .mode = 0600}},
          .timeout = place.timeout,
          .output = &place.session.output};
      DEPLOYCTL_CHECK(place.session.ports.hosts.transfer(place.host, transfer, place.session.stop));
    } else if (const Secret* secret = inputs.content->secret()) {
      std::array<std::byte, 16> salt{};
      place.session.ports.random.fill(salt);
      arguments[3] = sha256_hex({reinterpret_cast<const char*>(salt.data()), salt.size()}).substr(0, 32);
      arguments[4] = reference_digest(*secret);
      arguments[5] = secret->version();
    }
    return place.run("write", write_script, std::move(arguments), inputs.content.value_or(Text()));
  }

  Result<Observation> observe_one(ReadSession& session, const Ask& ask) const {
    DEPLOYCTL_TRY(const Host host, host_of(ask));
    const Value& inputs = ask.inputs ? *ask.inputs : ask.recorded;
    const std::string path = text_at(inputs, "path");
    if (path.empty()) return fail(Cause::internal, "file.put was asked about no path");
    const Value* content = inputs.find("content");
    const bool is_secret = content && content->is<Secret>();
    const HostCommand command{.operation = "observe",
                              .script = observe_script,
                              .arguments = {path, is_secret ? "secret" : "plain"}};
    DEPLOYCTL_TRY(const HostResult result,
                  run_script(session.ports.hosts, host, command,
                             fmt::format("cannot look at '{}' on '{}'", path, host.name), session.stop));
    Observation seen = read_observation(result.out);
    if (seen.exists) seen.facts["observed_at"] = format_time(session.ports.clock.wall());
    manage_ownership(inputs, seen);
    return seen;
  }

  Result<Change> removal(Change change, const Ask& ask, const Observation& seen) const {
    if (!seen.exists) return change;
    const std::string path = text_at(ask.recorded, "path");
    change.action = Action::remove;
    change.summary = path;
    change.desired = Value::Map{{"path", path}};
    change.stages = {{.name = "remove"}};
    return change;
  }

  bool holds(const Change& change, const Observation& seen) const {
    if (const Value* restore = change.desired.find("restore")) {
      const Value* before = restore->find("before");
      return before && (before->is_null() ? !seen.exists : seen.exists && seen.managed == *before);
    }
    if (change.action == Action::remove) return !seen.exists;
    const auto inputs = table_.decode(change.desired);
    if (!inputs || !seen.exists) return false;
    const std::string wanted = wanted_content(*inputs).compared;
    return !wanted.empty() && text_at(seen.managed, "content") == wanted &&
           text_at(seen.managed, "mode") == canonical_mode(inputs->mode) &&
           ownership_changes(*inputs, seen).empty();
  }

  Table<PutInputs> table_ = put_table();
};

std::vector<Operation> operations() {
  std::vector<Operation> result = {{.name = "observe",
                                    .effect = Effect::read,
                                    .protocol = Protocol::host,
                                    .help = "Reads the file's hash, mode and owner.",
                                    .script = observe_script},
                                   {.name = "upload",
                                    .effect = Effect::write,
                                    .protocol = Protocol::transfer,
                                    .help = "Sends the file's bytes."}};
  const auto add = [&](const char* name, const char* help, const std::string& script) {
    result.push_back(
        {.name = name, .effect = Effect::write, .protocol = Protocol::host, .help = help, .script = script});
  };
  add("write", "Puts the file in place, and keeps a copy of the old one.", write_script);
  add("remove", "Removes the file, and keeps a copy of it.", remove_script);
  add("restore", "Puts the copy of the old file back.", restore_script);
  add("tidy", "Removes copies of earlier runs.", tidy_script);
  return result;
}

} // namespace

Provider make_put() {
  Provider provider;
  provider.description = {
      .name = "file.put",
      .summary = "Puts one file on hosts.",
      .kind = Kind::resource,
      .fields = put_fields(),
      .groups = {{.names = {"source", "content"}, .required = true}},
      .outputs = {{.name = "path", .type = FieldType::path, .help = "The file's path on the host."}},
      .operations = operations(),
      .strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once},
      .on_hosts = true,
      .permissions = {"ssh: log in", "write `path`", "change the owner to `owner`, as root"},
      .crash_class = [](const Value&) { return CrashClass::declarative; },
      .check = check_put,
  };
  provider.verbs = std::make_shared<const Put>();
  return provider;
}

} // namespace deployctl::providers::file
