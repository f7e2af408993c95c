// vault://INSTANCE/mount/path#key
#include <algorithm>
#include <mutex>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/time.hpp"
#include "cloud/vault/lease.hpp"
#include "cloud/vault/session.hpp"
#include "secrets/once.hpp"
#include "secrets/remote_stores.hpp"

namespace deployctl::secrets {
namespace {

struct Location {
  std::string mount;
  std::string path;
};

// Behind the instance: the mount is one part, unless one that is written has more.
Location location_of(const SecretReference& reference, const vault::Settings& settings) {
  const std::string rest = reference.source.substr(reference.source.find('/') + 1);
  std::size_t end = rest.find('/');
  for (const auto* mounts : {&settings.mounts, &settings.dynamic})
    for (const std::string& mount : *mounts)
      if (rest.starts_with(mount + "/")) end = std::max(end, mount.size());
  return {.mount = rest.substr(0, end), .path = rest.substr(end + 1)};
}

bool is_dynamic(const Location& place, const vault::Settings& settings) {
  return std::ranges::find(settings.dynamic, place.mount) != settings.dynamic.end();
}

std::string path_below(const std::string& mount, std::string_view door, const std::string& path) {
  return fmt::format("{}/{}{}", percent_encode(mount, "/"), door, percent_encode(path, "/"));
}

// A path that was deleted and made again counts from 1 again, so the time belongs to the version.
std::string version_text(std::int64_t number, const std::string& created) {
  const auto time = parse_time(created);
  if (!time) return std::to_string(number);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch());
  return fmt::format("{}@{}", number, seconds.count());
}

Error gone(std::int64_t number, const Value& version) {
  const std::string deleted = cloud::text_at(version, "deletion_time");
  const Value* destroyed = version.find("destroyed");
  const bool is_destroyed = destroyed && destroyed->get<bool>() && *destroyed->get<bool>();
  Error error{.cause = Cause::not_found,
              .message = is_destroyed
                             ? fmt::format("its newest version, {}, was destroyed", number)
                             : fmt::format("its newest version, {}, was deleted at {}", number, deleted)};
  if (!is_destroyed) error.help = fmt::format("`vault kv undelete -versions={} PATH` brings it back", number);
  return error;
}

bool is_gone(const Value& version) {
  const Value* destroyed = version.find("destroyed");
  return !cloud::text_at(version, "deletion_time").empty() ||
         (destroyed && destroyed->get<bool>() && *destroyed->get<bool>());
}

std::string policy_for(const std::string& path) {
  return fmt::format(R"(a policy must allow it: path "{}" {{ capabilities = ["read"] }})", path);
}

// One secret: its members, and what it is as a version.
struct Kept {
  std::shared_ptr<const WipedValue> members;
  std::string version; // empty: the store has none
};

class VaultStore final : public Store {
public:
  explicit VaultStore(StoreSetup setup) : setup_(std::move(setup)) {}

  Result<std::string> version(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(vault::Session * session, opened());
    const Location place = location_of(reference, session->settings());
    if (is_dynamic(place, session->settings()))
      return versions_.get(reference.source, [&] { return ask_whether(*session, place, stop); });
    if (session->settings().kv_version == 1) return "";
    if (const auto whole = values_.known(reference.source)) return whole->version;
    return versions_.get(reference.source, [&] { return ask_version(*session, reference, stop); });
  }

  Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(vault::Session * session, opened());
    DEPLOYCTL_TRY(const Kept kept, whole(*session, reference, stop));
    DEPLOYCTL_TRY(auto bytes, member_bytes(**kept.members, reference.key.value_or("")));
    return StoredValue{.bytes = std::move(bytes), .version = kept.version};
  }

private:
  Result<vault::Session*> opened() {
    return session_.get([this]() -> Result<std::unique_ptr<vault::Session>> {
      DEPLOYCTL_TRY(const Value written, setup_.parts.settings(setup_.instance));
      const cloud::Written reader(written, setup_.parts.parts);
      DEPLOYCTL_TRY(vault::Settings settings, vault::read_settings(reader, setup_.parts.parts));
      const std::string aws = reader.text("aws");
      return std::make_unique<vault::Session>(setup_.parts.parts, std::move(settings),
                                              sign_by_aws(aws.empty() ? "aws" : aws));
    });
  }

  vault::SignIdentity sign_by_aws(std::string instance) {
    return [parts = setup_.parts.aws, instance = std::move(instance)](
               const std::string& server_id, const std::stop_token& stop) -> Result<vault::SignedIdentity> {
      DEPLOYCTL_TRY(const auto account,
                    aws::Account::open(parts.settings(instance), parts.environment, parts.chain()));
      DEPLOYCTL_TRY(aws::SignedQuestion made, account->sign_who_am_i(server_id, stop));
      return vault::SignedIdentity{
          .url = std::move(made.url), .body = std::move(made.body), .headers = std::move(made.headers)};
    };
  }

  // Reading would make a credential, so all that is asked is whether that would be allowed.
  static Result<std::string> ask_whether(vault::Session& session, const Location& place,
                                         const std::stop_token& stop) {
    const std::string full = place.mount + "/" + place.path;
    const std::string what = fmt::format("what is allowed at '{}'", full);
    DEPLOYCTL_TRY(const cloud::Answer answer, session.post(what, "sys/capabilities-self",
                                                           Value::Map{{"paths", Value::List{full}}}, stop));
    if (!answer.is_good()) return fail(session.refusal(what, answer));
    const Value* found = answer.body->find(full);
    const auto is_enough = [](const Value& one) { return one == Value("read") || one == Value("root"); };
    if (found && found->list() && std::ranges::any_of(*found->list(), is_enough))
      return std::string(leased_version);
    return fail(Cause::permission, fmt::format("vault: '{}' may not be read", full), policy_for(full));
  }

  // Who may only read the value learns its version from that.
  Result<std::string> ask_version(vault::Session& session, const SecretReference& reference,
                                  const std::stop_token& stop) {
    const Location place = location_of(reference, session.settings());
    const std::string what = fmt::format("metadata of '{}/{}'", place.mount, place.path);
    const std::string path = path_below(place.mount, "metadata/", place.path);
    DEPLOYCTL_TRY(const cloud::Answer answer, session.get(what, path, stop));
    if (answer.status == 403)
      return whole(session, reference, stop).map([](const Kept& kept) { return kept.version; });
    if (!answer.is_good()) return fail(told(session, place, what, "metadata", answer));
    const std::int64_t number = cloud::number_at(*answer.body, "data.current_version").value_or(0);
    const Value* newest = answer.body->find_path(fmt::format("data.versions.{}", number));
    if (!newest)
      return fail(Cause::not_found, fmt::format("'{}/{}' has no version", place.mount, place.path));
    if (is_gone(*newest)) return fail(gone(number, *newest));
    return version_text(number, cloud::text_at(*newest, "created_time"));
  }

  Result<Kept> whole(vault::Session& session, const SecretReference& reference, const std::stop_token& stop) {
    return values_.get(reference.source, [&]() -> Result<Kept> {
      const Location place = location_of(reference, session.settings());
      const bool leased = is_dynamic(place, session.settings());
      const bool plain = leased || session.settings().kv_version == 1;
      const std::string what = fmt::format("read of '{}/{}'", place.mount, place.path);
      const std::string path = path_below(place.mount, plain ? "" : "data/", place.path);
      DEPLOYCTL_TRY(const cloud::Answer answer, session.get(what, path, stop));
      if (!answer.is_good()) return fail(told(session, place, what, plain ? "" : "data", answer));
      if (!plain) return second_kept(answer, place);
      const bool is_lease = hold(session, answer);
      return leased ? leased_kept(answer, place, is_lease) : first_kept(answer, place, is_lease);
    });
  }

  // What was made for us is given back at the end, also when nobody wanted it. False: nothing was.
  bool hold(vault::Session& session, const cloud::Answer& answer) {
    vault::LeaseTerms terms = vault::lease_in(*answer.body);
    if (terms.id.empty()) return false;
    const std::lock_guard lock(leases_mutex_);
    leases_.push_back(std::make_unique<vault::Lease>(session, std::move(terms)));
    return true;
  }

  static Result<Kept> leased_kept(const cloud::Answer& answer, const Location& place, bool is_lease) {
    const Value* data = answer.body->find("data");
    if (!is_lease || !data || !data->map())
      return fail(Cause::config, fmt::format("'{}' makes no credentials that end", place.mount),
                  "take it out of `dynamic` under `providers`");
    return Kept{.members = std::make_shared<const WipedValue>(*data), .version = std::string(leased_version)};
  }

  static Result<Kept> first_kept(const cloud::Answer& answer, const Location& place, bool is_lease) {
    if (is_lease)
      return fail(Cause::config, fmt::format("what '{}' has is made anew whenever it is read", place.mount),
                  "name the mount in `dynamic` under `providers`");
    const Value* data = answer.body->find("data");
    if (!data || !data->map()) return fail(Cause::config, "what lies there is no secret of a KV store");
    if (data->map()->size() == 2 && data->find("metadata") && data->find("data"))
      return fail(Cause::config, "the store has versions", "write kv_version: \"2\" under `providers`");
    return Kept{.members = std::make_shared<const WipedValue>(*data), .version = ""};
  }

  static Result<Kept> second_kept(const cloud::Answer& answer, const Location& place) {
    const Value* data = answer.body->find_path("data.data");
    const Value* metadata = answer.body->find_path("data.metadata");
    if (!data || !data->map() || !metadata)
      return fail(Cause::config, fmt::format("'{}' is no KV store with versions", place.mount),
                  "write kv_version: \"1\" under `providers` if it is one without");
    const std::int64_t number = cloud::number_at(*metadata, "version").value_or(0);
    return Kept{.members = std::make_shared<const WipedValue>(*data),
                .version = version_text(number, cloud::text_at(*metadata, "created_time"))};
  }

  static Error told(const vault::Session& session, const Location& place, const std::string& what,
                    const std::string& door, const cloud::Answer& answer) {
    if (const Value* version = answer.body->find_path("data.metadata"); answer.status == 404 && version)
      if (is_gone(*version)) return gone(cloud::number_at(*version, "version").value_or(0), *version);
    Error error = session.refusal(what, answer);
    const std::string full = door.empty() ? place.mount + "/" + place.path
                                          : fmt::format("{}/{}/{}", place.mount, door, place.path);
    if (answer.status == 403) error.help = policy_for(full);
    if (answer.status == 404)
      error.message = fmt::format("vault: there is nothing at '{}/{}'", place.mount, place.path);
    return error;
  }

  StoreSetup setup_;
  OpenOnce<vault::Session> session_;
  std::mutex leases_mutex_; // guards the next one
  std::vector<std::unique_ptr<vault::Lease>> leases_;
  ReadOnce<std::string> versions_; // by source
  ReadOnce<Kept> values_;
};

} // namespace

std::unique_ptr<Store> make_vault(const StoreSetup& setup) {
  return std::make_unique<VaultStore>(setup);
}

} // namespace deployctl::secrets
