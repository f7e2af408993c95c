// vault://INSTANCE/mount/path#key
#include <algorithm>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/time.hpp"
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
Location location_of(const SecretReference& reference, const std::vector<std::string>& mounts) {
  const std::string rest = reference.source.substr(reference.source.find('/') + 1);
  std::size_t end = rest.find('/');
  for (const std::string& mount : mounts)
    if (rest.starts_with(mount + "/")) end = std::max(end, mount.size());
  return {.mount = rest.substr(0, end), .path = rest.substr(end + 1)};
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
    const std::lock_guard lock(mutex_);
    if (session_) return session_.get();
    DEPLOYCTL_TRY(const Value written, setup_.parts.settings(setup_.instance));
    const cloud::Written reader(written, setup_.parts.parts);
    DEPLOYCTL_TRY(vault::Settings settings, vault::read_settings(reader, setup_.parts.parts));
    const std::string aws = reader.text("aws");
    session_ = std::make_unique<vault::Session>(setup_.parts.parts, std::move(settings),
                                                sign_by_aws(aws.empty() ? "aws" : aws));
    return session_.get();
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

  // Who may only read the value learns its version from that.
  Result<std::string> ask_version(vault::Session& session, const SecretReference& reference,
                                  const std::stop_token& stop) {
    const Location place = location_of(reference, session.settings().mounts);
    const std::string what = fmt::format("metadata of '{}/{}'", place.mount, place.path);
    const std::string path =
        fmt::format("{}/metadata/{}", percent_encode(place.mount, "/"), percent_encode(place.path, "/"));
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
      const Location place = location_of(reference, session.settings().mounts);
      const bool is_first = session.settings().kv_version == 1;
      const std::string what = fmt::format("read of '{}/{}'", place.mount, place.path);
      const std::string path = fmt::format("{}/{}{}", percent_encode(place.mount, "/"),
                                           is_first ? "" : "data/", percent_encode(place.path, "/"));
      DEPLOYCTL_TRY(cloud::Answer answer, session.get(what, path, stop));
      if (!answer.is_good()) return fail(told(session, place, what, is_first ? "" : "data", answer));
      return is_first ? first_kept(std::move(answer)) : second_kept(answer, place);
    });
  }

  static Result<Kept> first_kept(cloud::Answer answer) {
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
    if (answer.status == 403)
      error.help = fmt::format(R"(a policy must allow it: path "{}" {{ capabilities = ["read"] }})", full);
    if (answer.status == 404)
      error.message = fmt::format("vault: there is nothing at '{}/{}'", place.mount, place.path);
    return error;
  }

  StoreSetup setup_;
  std::mutex mutex_; // guards the next one
  std::unique_ptr<vault::Session> session_;
  ReadOnce<std::string> versions_; // by source
  ReadOnce<Kept> values_;
};

} // namespace

std::unique_ptr<Store> make_vault(StoreSetup setup) {
  return std::make_unique<VaultStore>(std::move(setup));
}

} // namespace deployctl::secrets
