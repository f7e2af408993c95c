#include "providers/host/release.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/host/release_answer.hpp"
#include "providers/host/release_asking.hpp"
#include "providers/host/release_operations.hpp"
#include "providers/host/release_plan.hpp"
#include "providers/host/release_readiness.hpp"
#include "providers/host/release_scripts.hpp"
#include "providers/host/release_work.hpp"
#include "providers/host_script.hpp"
#include "providers/masked.hpp"

namespace deployctl::providers::host {
namespace {

constexpr Milliseconds verify_time{300'000}; // it hashes a whole release

class Release final : public Resource {
public:
  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override {
    return observe_releases(session, asks, table_);
  }

  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const override {
    const Value desired = with_defaults(table_.fields(), ask.inputs ? *ask.inputs : ask.recorded);
    DEPLOYCTL_TRY(const ReleaseInputs inputs, table_.decode(desired));
    return ask.inputs ? plan_release(inputs, desired, ask, seen) : plan_removal(inputs, desired, ask, seen);
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    DEPLOYCTL_TRY(const ReleaseInputs inputs, table_.decode(change.desired));
    if (auto done = ReleaseWork(session, inputs, change, stage, intent).run(); !done)
      return fail(masked(std::move(done).error(), change.desired));
    return outputs_of(inputs.path, link_after(change), text_at(change.basis, "from"));
  }

  Readiness ready(ReadSession& session, const Change& change, const Stage&) const override {
    const auto inputs = table_.decode(change.desired);
    if (!inputs) return {.state = Readiness::State::failed, .detail = inputs.error().message};
    const Value* host = change.basis.find("host");
    return release_readiness(session, *inputs, host ? host_from(*host) : Host{});
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    const auto done = is_done(session, intent);
    if (!done) return {.state = Confirmation::State::unknown, .detail = done.error().message};
    if (!*done) return {.state = Confirmation::State::not_done};
    return {.state = Confirmation::State::done,
            .outputs = outputs_of(text_at(intent.change.desired, "path"), link_after(intent.change),
                                  text_at(intent.change.basis, "from"))};
  }

  Result<Change> revert(const Undo& undo, const Observation& seen) const override {
    const Value& inputs = undo.ask.inputs ? *undo.ask.inputs : undo.ask.recorded;
    const Value* answer = undo.data.find("answer");
    Value desired = with_defaults(table_.fields(), with_answer(inputs, answer ? *answer : Value()));
    auto decoded = table_.decode(desired);
    if (!decoded) { // somebody edited REVISION.json on the host
      desired = with_defaults(table_.fields(), with_answer(inputs, {}));
      decoded = table_.decode(desired);
    }
    DEPLOYCTL_TRY(const ReleaseInputs back, std::move(decoded));
    return plan_revert(back, desired, undo, seen);
  }

  Value outputs(const Ask& ask, const Observation& seen) const override {
    return outputs_of(text_at(ask.inputs ? *ask.inputs : ask.recorded, "path"),
                      text_at(seen.managed, "current"), "");
  }

private:
  static Value outputs_of(const std::string& path, const std::string& link, const std::string& previous) {
    return Value::Map{{"release", last_part(link)}, {"path", path}, {"previous", last_part(previous)}};
  }

  Result<Observation> observe_one(ReadSession& session, const Ask& ask) const {
    return std::move(observe_releases(session, std::span(&ask, 1), table_).front());
  }

  // Whether a stage's effect is there. What cannot be seen was not done: every stage may be done twice.
  Result<bool> is_done(ReadSession& session, const Intent& intent) const {
    const std::string to = link_after(intent.change);
    if (intent.stage == stage_upload) return is_uploaded(session, intent, last_part(to));
    const bool switches =
        intent.stage == stage_switch || intent.stage == stage_switch_back || intent.stage == stage_remove;
    if (!switches) return false;
    Ask ask = intent.ask;
    ask.inputs = intent.change.desired;
    DEPLOYCTL_TRY(const Observation seen, observe_one(session, ask));
    if (to.empty()) return !seen.exists;
    return text_at(seen.managed, "current") == to && text_at(seen.managed, "switched") == to;
  }

  static Result<bool> is_uploaded(ReadSession& session, const Intent& intent, const std::string& name) {
    DEPLOYCTL_TRY(const Host host, host_of(intent.ask));
    const HostCommand command{.operation = "verify",
                              .script = verify_script,
                              .arguments = {text_at(intent.change.desired, "path"), name,
                                            text_at(intent.change.desired, "owner"),
                                            text_at(intent.change.desired, "group")},
                              .timeout = verify_time};
    DEPLOYCTL_TRY(const HostResult result,
                  run_script(session.ports.hosts, host, command, "cannot verify the release", session.stop));
    return trim(result.out) == "present";
  }

  Table<ReleaseInputs> table_ = release_table();
};

} // namespace

Provider make_release() {
  Provider provider;
  provider.description = {
      .name = "host.release",
      .summary = "Makes a folder or archive the live release on hosts.",
      .kind = Kind::resource,
      .fields = release_fields(),
      .groups = {{.names = {"source", "archive"}, .required = true}, {.names = {"reload", "systemd"}}},
      .outputs = {{.name = "release", .help = "Name of the live release's folder."},
                  {.name = "path",
                   .type = FieldType::path,
                   .help = "The folder that holds releases/ and current."},
                  {.name = "previous",
                   .help = "Name of the release that was live before; empty if there was none."}},
      .operations = release_operations(),
      .strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once},
      .on_hosts = true,
      .default_timeout = Milliseconds(3'600'000),
      .permissions = {"ssh: log in", "write into `path`", "run `preflight`", "run `reload`",
                      "systemctl on `systemd.unit`", "write the unit that runs `systemd.service.exec`",
                      "change the owner to `owner`, as root", "here: reach `health.http`"},
      .crash_class = [](const Value&) { return CrashClass::declarative; },
      .check = check_release,
  };
  provider.verbs = std::make_shared<const Release>();
  return provider;
}

} // namespace deployctl::providers::host
