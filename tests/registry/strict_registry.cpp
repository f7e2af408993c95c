#include "registry/strict_registry.hpp"

#include <algorithm>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "registry/media_type.hpp"

namespace deployctl::tests {
namespace {

using namespace registry;

Reply error(int status, const std::string& code) {
  return {.status = status,
          .body = R"({"errors":[{"code":")" + code + R"(","message":"as the test wants"}]})"};
}

std::string parameter(const std::string& target, const std::string& name) {
  const auto query = target.find('?');
  if (query == std::string::npos) return {};
  for (const std::string_view pair : split(std::string_view(target).substr(query + 1), '&'))
    if (pair.starts_with(name + "=")) return percent_decode(pair.substr(name.size() + 1)).value();
  return {};
}

std::string header(const Received& received, const std::string& name) {
  const auto found = received.headers.find(name);
  return found == received.headers.end() ? "" : found->second;
}

} // namespace

StrictRegistry::StrictRegistry(bool tokens)
    : tokens_(tokens), server_([this](const Received& received) { return answer(received); }) {}

std::size_t StrictRegistry::count(const std::string& method, const std::string& part) const {
  const auto all = requests();
  return static_cast<std::size_t>(std::ranges::count_if(all, [&](const Received& received) {
    return received.method == method && received.target.find(part) != std::string::npos;
  }));
}

bool StrictRegistry::has_blob(const std::string& repository, const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  return blobs_.contains(repository + " " + digest);
}

std::string StrictRegistry::tagged(const std::string& repository, const std::string& tag) const {
  const std::lock_guard lock(mutex_);
  const auto tags = tags_.find(repository);
  if (tags == tags_.end() || !tags->second.contains(tag)) return "(none)";
  return manifests_.at(repository + " " + tags->second.at(tag));
}

void StrictRegistry::keep_blob(const std::string& repository, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  blobs_[repository + " " + Digest::of(bytes).text()] = bytes;
}

void StrictRegistry::keep_image(const std::string& repository, const std::string& tag,
                                const Manifest& manifest) {
  const std::lock_guard lock(mutex_);
  manifests_[repository + " " + manifest.digest.text()] = manifest.bytes;
  types_[manifest.digest.text()] = manifest.media_type;
  tags_[repository][tag] = manifest.digest.text();
}

void StrictRegistry::forget_blob(const std::string& repository, const std::string& digest) {
  const std::lock_guard lock(mutex_);
  blobs_.erase(repository + " " + digest);
}

std::string StrictRegistry::blob_bytes(const std::string& repository, const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = blobs_.find(repository + " " + digest);
  return found == blobs_.end() ? "(none)" : found->second;
}

void StrictRegistry::forget_tag(const std::string& repository, const std::string& tag) {
  const std::lock_guard lock(mutex_);
  tags_[repository].erase(tag);
}

Reply StrictRegistry::answer(const Received& received) {
  if (rule)
    if (auto instead = rule(received)) return *std::move(instead);
  Reply reply = serve(received);
  if (bend) bend(received, reply);
  return reply;
}

Reply StrictRegistry::serve(const Received& received) {
  const std::lock_guard lock(mutex_);
  const std::string path = received.target.substr(0, received.target.find('?'));
  if (path == "/token") return token(received);
  for (const std::string kind : {"/manifests/", "/blobs/uploads/", "/blobs/", "/tags/", "/referrers/"}) {
    const auto at = path.find(kind);
    if (!path.starts_with("/v2/") || at == std::string::npos) continue;
    const std::string repository = path.substr(4, at - 4);
    const std::string rest = path.substr(at + kind.size());
    const bool push = received.method != "GET" && received.method != "HEAD";
    if (auto refused = refuse(received, repository, push)) return *std::move(refused);
    if (kind == "/manifests/") return manifests(received, repository, rest);
    if (kind == "/blobs/uploads/" && rest.empty()) return start(received, repository);
    if (kind == "/blobs/uploads/") return upload(received, repository, rest);
    if (kind == "/blobs/") return blob(received, repository, rest);
    if (kind == "/tags/") return tags(received, repository);
    return referrers ? list_referrers(repository, rest)
                     : Reply{.status = 404, .body = "404 page not found\n"};
  }
  return {.status = 404};
}

Reply StrictRegistry::token(const Received& received) {
  token_log.push_back(received.target);
  std::string scopes;
  for (const std::string_view pair :
       split(std::string_view(received.target).substr(received.target.find('?') + 1), '&'))
    if (pair.starts_with("scope=")) scopes += percent_decode(pair.substr(6)).value() + " ";
  return {.body = R"({"token":")" + to_base64_url(scopes) + R"(","expires_in":)" +
                  std::to_string(token_life) + "}"};
}

std::optional<Reply> StrictRegistry::refuse(const Received& received, const std::string& repository,
                                            bool push) {
  if (!tokens_) return std::nullopt;
  const std::string shown = header(received, "authorization");
  const std::string scopes = shown.starts_with("Bearer ") ? from_base64(shown.substr(7)).value_or("") : "";
  const auto scope = scopes.find("repository:" + repository + ":pull");
  if (scope != std::string::npos &&
      (!push || scopes.substr(scope, scopes.find(' ', scope) - scope).ends_with(",push")))
    return std::nullopt;
  Reply reply = error(401, "UNAUTHORIZED");
  reply.headers.emplace_back("WWW-Authenticate", R"(Bearer realm="http://)" + host() +
                                                     R"(/token",service="strict",scope="repository:)" +
                                                     repository + R"(:pull")");
  return reply;
}

Reply StrictRegistry::manifests(const Received& received, const std::string& repository,
                                const std::string& reference) {
  if (received.method == "PUT") return put_manifest(received, repository, reference);
  auto& tags = tags_[repository];
  if (received.method == "DELETE") {
    const bool had_tag = tags.erase(reference) > 0;
    const bool had_image = manifests_.erase(repository + " " + reference) > 0;
    std::erase_if(tags, [&](const auto& tag) { return tag.second == reference; });
    return {.status = had_tag || had_image ? 202 : 404};
  }
  const std::string digest = tags.contains(reference) ? tags.at(reference) : reference;
  const auto found = manifests_.find(repository + " " + digest);
  if (found == manifests_.end()) return error(404, "MANIFEST_UNKNOWN");
  if (header(received, "accept").find(types_.at(digest)) == std::string::npos)
    return error(404, "MANIFEST_UNKNOWN");
  return {.headers = {{"Content-Type", types_.at(digest)}, {"Docker-Content-Digest", digest}},
          .body = found->second};
}

Reply StrictRegistry::put_manifest(const Received& received, const std::string& repository,
                                   const std::string& reference) {
  const auto manifest = parse_manifest(received.body, header(received, "content-type"));
  if (!manifest) return error(400, "MANIFEST_INVALID");
  for (const Descriptor& needed : manifest->blobs())
    if (!blobs_.contains(repository + " " + needed.digest.text())) return error(404, "MANIFEST_BLOB_UNKNOWN");
  for (const Descriptor& needed : manifest->manifests)
    if (!manifests_.contains(repository + " " + needed.digest.text()) &&
        reference.find('-') == std::string::npos)
      return error(404, "MANIFEST_BLOB_UNKNOWN");
  const std::string digest = manifest->digest.text();
  manifests_[repository + " " + digest] = received.body;
  types_[digest] = manifest->media_type;
  if (reference != digest) tags_[repository][reference] = digest;
  Reply reply{.status = 201, .headers = {{"Docker-Content-Digest", digest}}};
  if (referrers && !manifest->subject.digest.empty())
    reply.headers.emplace_back("OCI-Subject", manifest->subject.digest.text());
  return reply;
}

Reply StrictRegistry::blob(const Received& received, const std::string& repository,
                           const std::string& digest) {
  const auto found = blobs_.find(repository + " " + digest);
  if (found == blobs_.end()) return error(404, "BLOB_UNKNOWN");
  const std::string range = header(received, "range");
  if (range.empty()) return {.body = found->second};
  const std::size_t from = std::stoul(range.substr(6));
  return {.status = 206,
          .headers = {{"Content-Range", "bytes " + std::to_string(from) + "-" +
                                            std::to_string(found->second.size() - 1) + "/" +
                                            std::to_string(found->second.size())}},
          .body = found->second.substr(from)};
}

Reply StrictRegistry::start(const Received& received, const std::string& repository) {
  const std::string mount = parameter(received.target, "mount");
  const auto source = blobs_.find(parameter(received.target, "from") + " " + mount);
  if (!mount.empty() && source != blobs_.end()) {
    blobs_[repository + " " + mount] = source->second;
    return {.status = 201, .headers = {{"Location", "/v2/" + repository + "/blobs/" + mount}}};
  }
  const std::string id = std::to_string(++next_upload_);
  uploads_[id] = {};
  return {.status = 202,
          .headers = {{"Location", "/v2/" + repository + "/blobs/uploads/" + id + "?_state=a%2Fb+c%3D%3D0"}}};
}

Reply StrictRegistry::upload(const Received& received, const std::string& repository, const std::string& id) {
  const auto found = uploads_.find(id);
  const std::string state = "_state=a%2Fb+c%3D%3D";
  if (found == uploads_.end()) return error(404, "BLOB_UPLOAD_UNKNOWN");
  Upload& upload = found->second;
  if (received.target.find(state + std::to_string(upload.state)) == std::string::npos)
    return error(404, "BLOB_UPLOAD_INVALID");
  if (received.method == "DELETE") {
    uploads_.erase(found);
    return {.status = 204};
  }
  const std::string range = header(received, "content-range");
  if (!range.empty() && std::stoul(range) != upload.bytes.size()) return {.status = 416};
  upload.bytes += received.body;
  const auto here = [&](int status) {
    if (received.method == "PATCH") ++upload.state;
    return Reply{
        .status = status,
        .headers = {{"Location", "/v2/" + repository + "/blobs/uploads/" + id + "?" + state +
                                     std::to_string(upload.state)},
                    {"Range", "0-" + std::to_string(std::max<std::size_t>(upload.bytes.size(), 1) - 1)}}};
  };
  if (received.method == "PATCH") return here(202);
  if (received.method == "GET") return here(204);
  const std::string digest = parameter(received.target, "digest");
  const std::string bytes = std::move(upload.bytes);
  uploads_.erase(found);
  if (Digest::of(bytes).text() != digest) return error(400, "DIGEST_INVALID");
  blobs_[repository + " " + digest] = bytes;
  return {.status = 201};
}

Reply StrictRegistry::tags(const Received& received, const std::string& repository) {
  if (!tags_.contains(repository)) return error(404, "NAME_UNKNOWN");
  const auto& all = tags_.at(repository);
  auto next = parameter(received.target, "after").empty()
                  ? all.begin()
                  : all.upper_bound(parameter(received.target, "after"));
  Value::List names;
  for (; next != all.end() && names.size() < page; ++next) names.emplace_back(next->first);
  Reply reply;
  if (next != all.end())
    reply.headers.emplace_back("Link", "</v2/" + repository + "/tags/list?after=" + *names.back().text() +
                                           "&opaque=x>; rel=\"next\"");
  reply.body = to_json(Value(Value::Map{{"name", repository}, {"tags", std::move(names)}}), JsonMode::plain);
  return reply;
}

Reply StrictRegistry::list_referrers(const std::string& repository, const std::string& digest) {
  std::vector<Descriptor> found;
  for (const auto& [key, bytes] : manifests_) {
    const auto manifest = parse_manifest(bytes);
    if (!key.starts_with(repository + " ") || manifest->subject.digest.text() != digest) continue;
    found.push_back(manifest->descriptor());
    found.back().artifact_type = manifest->artifact_type;
  }
  return {.headers = {{"Content-Type", std::string(media_type::oci_index)}},
          .body = make_index(found)->bytes};
}

} // namespace deployctl::tests
