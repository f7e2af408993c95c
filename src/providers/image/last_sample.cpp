#include "providers/image/last_sample.hpp"

#include <fmt/core.h>

#include "base/time.hpp"

namespace deployctl::providers::image {

Sample taken_by(ReadSession& session, const std::function<Result<Value>()>& examine) {
  Sample taken{.taken_at = format_time(session.ports.clock.wall())};
  auto examined = examine();
  if (examined)
    taken.data = *std::move(examined);
  else
    taken.error = std::move(examined).error();
  return taken;
}

std::optional<Verdict> without_data(std::span<const Sample> samples) {
  if (samples.empty()) return Verdict{.detail = "nothing was looked at yet"};
  const std::optional<Error>& error = samples.back().error;
  if (!error) return std::nullopt;
  const bool may_pass = error->cause == Cause::network || error->cause == Cause::timeout;
  return Verdict{.state = may_pass ? Verdict::State::inconclusive : Verdict::State::error,
                 .detail = error->message,
                 .evidence = error->evidence};
}

Result<registry::Digest> pinned(SessionClient& client, const registry::Reference& image,
                                const std::stop_token& stop) {
  if (!image.digest.empty()) return image.digest;
  DEPLOYCTL_TRY(const auto now, client->look(registry::pull_from(image.repository), image.tag, stop));
  if (!now)
    return fail(Cause::image_missing,
                fmt::format("'{}' has no tag '{}'", image.repository.text(), image.tag));
  return now->digest;
}

Provider describe_gate(Provider provider, const Surroundings& surroundings,
                       std::shared_ptr<const Gate> verbs) {
  provider.description.kind = Kind::gate;
  std::vector<Operation> all = operations();
  for (Operation& own : provider.description.operations) all.push_back(std::move(own));
  provider.description.operations = std::move(all);
  provider.description.permissions = {"registry: pull `image`"};
  provider.description.crash_class = [](const Value&) { return CrashClass::observe; };
  provider.verbs = std::move(verbs);
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::image
