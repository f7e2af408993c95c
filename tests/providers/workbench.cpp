#include "providers/workbench.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "os/environment.hpp"
#include "os/files.hpp"
#include "providers/tap.hpp"

namespace deployctl::tests {
namespace {

os::Environment environment_with(const std::string& path_first, const std::string& home) {
  os::Environment environment = os::read_environment();
  environment["HOME"] = home;
  if (!path_first.empty()) environment["PATH"] = path_first + ":" + environment["PATH"];
  return environment;
}

void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

Value resolved(const Value& value) {
  return map_secrets(value, [](const Secret& secret) {
    const std::string bytes = secret.name().empty() ? "" : "secret-" + secret.name();
    return Value(secret.is_resolved() ? secret : secret.resolved_with(bytes));
  });
}

} // namespace

Status Recorder::remote_id(std::string id) {
  const std::lock_guard lock(mutex_);
  remote_ids.push_back(std::move(id));
  return {};
}

Status Recorder::undo(Value data) {
  const std::lock_guard lock(mutex_);
  undos.push_back(std::move(data));
  return {};
}

void Recorder::line(Stream, std::string_view text) {
  const std::lock_guard lock(mutex_);
  lines.emplace_back(text);
}

void Recorder::tell(Intent& intent) const {
  const std::lock_guard lock(mutex_);
  intent.remote_ids = remote_ids;
  intent.undo = undos;
}

Result<std::string> TestFiles::blob(const std::string& sha256) {
  const auto found = paths.find(sha256);
  if (found == paths.end()) return fail(Cause::not_found, "no blob " + sha256);
  return found->second;
}

Result<std::string> TestFiles::find(const std::string&, const std::string& sha256) {
  return blob(sha256);
}

Result<std::string> TestFiles::read(const std::string& path, std::size_t limit) {
  return os::read_file(path, limit);
}

Workbench::Workbench(Provider tested, const std::string& path_first)
    : provider(std::move(tested)),
      directory_(os::TemporaryDirectory::create("/tmp", "deployctl-bench-").value()),
      processes_(clock_, directory_.path(), environment_with(path_first, directory_.path())),
      hosts_(clock_, environment_with(path_first, directory_.path())) {
  const Ports ports{http_, hosts_, processes_, files, clock_, random_};
  connection_ = provider.connect ? provider.connect({.name = "test"}, ports, {}).value()
                                 : std::make_unique<Connection>();
}

std::string Workbench::path(const std::string& name) const {
  return name.empty() ? directory_.path() : directory_.path() + "/" + name;
}

void Workbench::write(const std::string& name, const std::string& bytes, unsigned mode) const {
  const std::string full = path(name);
  must(os::make_directories(full.substr(0, full.rfind('/'))));
  must(os::atomic_write(full, bytes, mode));
}

std::string Workbench::read(const std::string& name) const {
  return os::read_file(path(name), 16U << 20).value_or("(none)");
}

Value Workbench::file(const std::string& name) {
  const auto facts = os::hash_file(path(name)).value();
  files.paths[facts.sha256] = path(name);
  return Value::Map{{"path", name},
                    {"sha256", facts.sha256},
                    {"size", static_cast<std::int64_t>(facts.size)},
                    {"mode", static_cast<std::int64_t>(facts.mode)}};
}

Value Workbench::tree(const std::string& name) {
  Value::Map entries;
  const auto listed = os::list_tree(path(name)).value();
  for (const os::TreeEntry& entry : listed) {
    Value value =
        entry.link.empty() ? file(name + "/" + entry.name) : Value(Value::Map{{"link", entry.link}});
    value.get<Value::Map>()->erase("path");
    entries.emplace(entry.name, std::move(value));
  }
  const std::string digest = sha256_hex(to_json(Value(entries)));
  return Value::Map{{"path", name}, {"sha256", digest}, {"entries", std::move(entries)}};
}

Ask Workbench::ask(Value::Map inputs, const std::string& target) const {
  return {.step = "web",
          .inputs = Value(std::move(inputs)),
          .target = {.name = target, .host = local_host(target)},
          .release = "release-1"};
}

Ask Workbench::removal(Value::Map recorded) const {
  Ask result = ask({});
  result.inputs.reset();
  result.recorded = Value(std::move(recorded));
  return result;
}

GuardedPorts Workbench::guarded(SessionMode mode, const Ask& ask) {
  const Ports ports{.http = http_,
                    .hosts = other_hosts ? *other_hosts : hosts_,
                    .processes = processes_,
                    .files = files,
                    .clock = clock_,
                    .random = random_};
  return GuardedPorts(ports, provider.description, mode,
                      ask.inputs ? std::vector{*ask.inputs} : std::vector<Value>{});
}

Intent Workbench::intent(const Ask& ask, const Change& change, const std::string& stage) const {
  Intent known{.run = run,
               .step = ask.step,
               .target = ask.target.name,
               .stage = stage,
               .key = "key-" + run + stage,
               .crash_class = provider.description.crash_class(ask.inputs ? *ask.inputs : ask.recorded),
               .ask = ask,
               .change = change};
  recorder.tell(known);
  return known;
}

template <class Verb>
auto Workbench::reading(const Ask& ask, const Verb& verb) {
  GuardedPorts guard = guarded(SessionMode::read, ask);
  Tap tap(guard.ports(), attempted);
  ReadSession session{*connection_, tap.ports(), stop.get_token()};
  return verb(session);
}

template <class Verb>
auto Workbench::writing(const Ask& ask, const Verb& verb) {
  GuardedPorts guard = guarded(SessionMode::write, ask);
  WriteSession session{*connection_, guard.ports(), recorder, recorder, stop.get_token()};
  return verb(session);
}

Result<Observation> Workbench::observe(const Ask& ask) {
  return reading(ask, [&](ReadSession& session) {
    return verbs<Resource>().observe(session, std::span(&ask, 1)).at(0);
  });
}

Result<Change> Workbench::plan(const Ask& ask) {
  if (provider.description.kind == Kind::task) return verbs<Task>().plan(ask);
  DEPLOYCTL_TRY(const Observation seen, observe(ask));
  return verbs<Resource>().plan(ask, seen, strategy);
}

Result<Value> Workbench::apply_stage(const Ask& ask, const Change& change, const Stage& stage) {
  Change ready_change = change;
  ready_change.desired = resolved(change.desired);
  const Intent known = intent(ask, change, stage.name);
  return writing(ask, [&](WriteSession& session) {
    if (provider.description.kind == Kind::task)
      return verbs<Task>().apply(session, ready_change, stage, known);
    return verbs<Resource>().apply(session, ready_change, stage, known);
  });
}

Result<Value> Workbench::apply(const Ask& ask, const Change& change, const std::string& last) {
  Result<Value> outputs;
  for (const Stage& stage : change.stages) {
    outputs = apply_stage(ask, change, stage);
    if (!outputs || stage.name == last) break;
  }
  return outputs;
}

Result<Value> Workbench::deploy(const Ask& ask) {
  DEPLOYCTL_TRY(const Change change, plan(ask));
  return apply(ask, change);
}

Confirmation Workbench::confirm(const Ask& ask, const Change& change, const std::string& stage) {
  const Intent known = intent(ask, change, stage);
  return reading(ask, [&](ReadSession& session) {
    if (provider.description.kind == Kind::task) return verbs<Task>().confirm(session, known);
    if (provider.description.kind == Kind::artifact) return verbs<Artifact>().confirm(session, known);
    return verbs<Resource>().confirm(session, known);
  });
}

Readiness Workbench::ready(const Change& change, const Stage& stage) {
  return reading(ask({}),
                 [&](ReadSession& session) { return verbs<Resource>().ready(session, change, stage); });
}

Diagnosis Workbench::diagnose(const Failure& failure) {
  return reading(failure.intent.ask, [&](ReadSession& session) {
    if (provider.description.kind == Kind::task) return verbs<Task>().diagnose(session, failure);
    return verbs<Resource>().diagnose(session, failure);
  });
}

Result<Change> Workbench::plan_back(const Ask& ask, const Value& undo) {
  DEPLOYCTL_TRY(const Observation seen, observe(ask));
  return verbs<Resource>().revert({.ask = ask, .stage = "", .data = undo}, seen);
}

Status Workbench::revert(const Ask& ask) {
  std::vector<Value> undos = recorder.undos;
  std::ranges::reverse(undos);
  for (const Value& data : undos) {
    DEPLOYCTL_TRY(const Change change, plan_back(ask, data));
    if (auto applied = apply(ask, change); !applied) return fail(std::move(applied).error());
  }
  return {};
}

Sample Workbench::sample(const Ask& ask) {
  return reading(ask, [&](ReadSession& session) { return verbs<Gate>().sample(session, ask); });
}

Result<Value> Workbench::make(const Ask& ask) {
  const Intent known = intent(ask, {}, "make");
  return writing(ask, [&](WriteSession& session) { return verbs<Artifact>().make(session, ask, known); });
}

Result<std::optional<Value>> Workbench::find(const Ask& ask) {
  return reading(ask, [&](ReadSession& session) { return verbs<Artifact>().find(session, ask); });
}

Result<Value> Workbench::read_data(const Ask& ask) {
  return reading(ask, [&](ReadSession& session) { return verbs<Data>().read(session, ask); });
}

Status Workbench::send(const Ask& ask, const Event& event) {
  return writing(ask, [&](WriteSession& session) { return verbs<Notice>().send(session, ask, event); });
}

Secret resolved_secret(const std::string& name) {
  return Secret::reference(name, "v1").resolved_with("secret-" + name);
}

Host local_host(const std::string& name) {
  return {.name = name, .address = "local"};
}

} // namespace deployctl::tests
