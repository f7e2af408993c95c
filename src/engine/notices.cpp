#include "engine/notices.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "engine/output_lines.hpp"
#include "engine/verbs.hpp"
#include "secrets/resolver.hpp"

namespace deployctl::engine {

namespace {

// A message leaves nothing that would have to be taken back or found again.
class NoEffects final : public Effects {
public:
  Status remote_id(std::string) override { return {}; }
  Status undo(Value) override { return {}; }
};

} // namespace

void Notices::send(std::string_view event, const Ending& ending) {
  for (const config::NoticeUse& use : pipeline_.notify) {
    if (std::find(use.events.begin(), use.events.end(), event) == use.events.end()) continue;
    Event about{.type = "notice",
                .message = fmt::format("{}: {}", pipeline_.stack(), event),
                .fields = to_value(ending)};
    about.fields["event"] = event;
    const Status sent = send_one(use, about);
    environment_.events.emit(
        {.type = "notice",
         .level = sent ? Level::info : Level::warning,
         .message = fmt::format("{}: {}", use.action, sent ? "sent" : sent.error().message),
         .fields = Value::Map{{"event", event}, {"ok", sent.has_value()}}});
  }
}

Status Notices::send_one(const config::NoticeUse& use, const Event& event) {
  const Provider* provider = find_provider(environment_.catalog, use.action);
  const Notice* notice = provider ? verbs<Notice>(*provider) : nullptr;
  if (!notice) return fail(Cause::internal, fmt::format("'{}' sends no notices", use.action));
  const std::stop_token stop = environment_.interrupts.abandon;
  DEPLOYCTL_TRY(Connection * connection, planning_.request().connections.get(*provider, use.instance, stop));
  const Value inputs = with_defaults(provider->description.fields, use.inputs);
  DEPLOYCTL_TRY(Value resolved, environment_.resolver.resolve(inputs, stop));
  GuardedPorts guard(environment_.ports, provider->description, SessionMode::write, {inputs});
  NoEffects effects;
  OutputLines lines(environment_.events, "notify", {});
  WriteSession session{*connection, guard.ports(), effects, lines, stop};
  return notice->send(session, Ask{.step = "notify", .inputs = std::move(resolved)}, event);
}

} // namespace deployctl::engine
