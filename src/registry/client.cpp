#include "registry/client.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/integer.hpp"
#include "registry/fault.hpp"
#include "registry/media_type.hpp"
#include "registry/reference.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t largest_small_blob = 4U << 20;
constexpr std::size_t largest_pushed_manifest = 4U << 20;

std::optional<std::uint64_t> length_of(const HttpResponse& response) {
  return parse_integer<std::uint64_t>(header_of(response, "content-length"));
}

HttpRequest manifest_request(const std::string& operation, const std::string& method,
                             const std::string& reference) {
  return {.operation = operation,
          .method = method,
          .url = "/manifests/" + reference,
          .headers = {{"Accept", media_type::accepted_manifests()}},
          .response_limit = largest_manifest};
}

// The digest in the reference, and the one the server names, are both held against the bytes.
Status check_manifest(const Manifest& manifest, const std::string& reference, const HttpResponse& response) {
  if (const auto wanted = Digest::parse(reference)) DEPLOYCTL_CHECK(check_digest(*wanted, manifest.bytes));
  const std::string told = header_of(response, "docker-content-digest");
  if (told.empty()) return {};
  DEPLOYCTL_TRY(const Digest digest, Digest::parse(told));
  return check_digest(digest, manifest.bytes);
}

class Collected final : public BodySink {
public:
  Status take(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  std::string text;
};

} // namespace

std::string fallback_tag(const Digest& digest) {
  return digest.algorithm + "-" + digest.encoded.substr(0, 64);
}

Result<std::optional<Descriptor>> Client::look(const Access& access, const std::string& reference,
                                               const std::stop_token& stop) {
  const HttpRequest request = manifest_request("look", "HEAD", reference);
  DEPLOYCTL_TRY(const HttpResponse response, exchange_.send(access, request, Again::when_it_helps, stop));
  if (response.status == 404) return std::nullopt;
  const auto digest = Digest::parse(header_of(response, "docker-content-digest"));
  const auto size = length_of(response);
  const std::string type = media_type::essence(header_of(response, "content-type"));
  const bool known = media_type::is_index(type) || media_type::is_image(type);
  if (response.status == 200 && digest && size && known) {
    const auto wanted = Digest::parse(reference);
    if (wanted && *wanted != *digest)
      return fail(Cause::conflict,
                  fmt::format("asked for {}, the registry names {}", wanted->text(), digest->text()));
    return Descriptor{.media_type = type, .digest = *digest, .size = *size};
  }
  // A HEAD says too little, or refused without a word: the answer to a GET says more.
  DEPLOYCTL_TRY(const auto manifest, find_manifest(access, reference, stop));
  return manifest ? std::optional(manifest->descriptor()) : std::nullopt;
}

Result<std::optional<Manifest>> Client::find_manifest(const Access& access, const std::string& reference,
                                                      const std::stop_token& stop) {
  const HttpRequest request = manifest_request("read_manifest", "GET", reference);
  DEPLOYCTL_TRY(HttpResponse response, exchange_.send(access, request, Again::when_it_helps, stop));
  if (response.status == 404) return std::nullopt;
  if (response.status != 200) return fail(exchange_.error(access, request, response, stop));
  auto manifest = parse_manifest(std::move(response.body), header_of(response, "content-type"));
  if (!manifest)
    return fail(std::move(manifest).error().in(
        fmt::format("while reading '{}' of '{}'", reference, access.repository.text())));
  DEPLOYCTL_CHECK(check_manifest(*manifest, reference, response));
  return *std::move(manifest);
}

Result<Manifest> Client::manifest(const Access& access, const std::string& reference,
                                  const std::stop_token& stop) {
  DEPLOYCTL_TRY(auto found, find_manifest(access, reference, stop));
  if (found) return *std::move(found);
  return fail(Cause::image_missing, fmt::format("'{}' has no '{}'", access.repository.text(), reference),
              "it was never pushed, was deleted, or these credentials may not see it");
}

Status Client::put_manifest(const Access& access, const Manifest& manifest, const std::string& tag,
                            const std::stop_token& stop) {
  if (manifest.bytes.size() > largest_pushed_manifest)
    return fail(Cause::capacity, fmt::format("a manifest of {} bytes, registries take at most {}",
                                             manifest.bytes.size(), largest_pushed_manifest));
  const HttpRequest request{.operation = "put_manifest",
                            .method = "PUT",
                            .url = "/manifests/" + (tag.empty() ? manifest.digest.text() : tag),
                            .headers = {{"Content-Type", manifest.media_type}},
                            .body = manifest.bytes};
  DEPLOYCTL_TRY(const HttpResponse response, exchange_.send(access, request, Again::when_it_helps, stop));
  if (response.status != 201 && response.status != 200) {
    Error error = exchange_.error(access, request, response, stop);
    if (has_code(response, "MANIFEST_BLOB_UNKNOWN") || has_code(response, "BLOB_UNKNOWN"))
      error.cause = Cause::image_missing;
    if (says_immutable(response)) {
      error.cause = Cause::policy;
      error.help = fmt::format("the tag '{}' never moves in this registry: use another one", tag);
    }
    return fail(std::move(error));
  }
  const std::string told = header_of(response, "docker-content-digest");
  if (!told.empty() && told != manifest.digest.text())
    return fail(Cause::conflict,
                fmt::format("{} was sent, the registry keeps {}", manifest.digest.text(), told));
  if (manifest.subject.digest.empty() || !header_of(response, "oci-subject").empty()) return {};
  return add_to_fallback(access, manifest, stop);
}

Status Client::remove(const Access& access, const std::string& reference, const std::stop_token& stop) {
  const HttpRequest request{.operation = "delete", .method = "DELETE", .url = "/manifests/" + reference};
  DEPLOYCTL_TRY(const HttpResponse response, exchange_.send(access, request, Again::when_it_helps, stop));
  if (response.status == 202 || response.status == 200 || response.status == 204) return {};
  return fail(exchange_.error(access, request, response, stop));
}

Result<bool> Client::has_blob(const Access& access, const Digest& digest, const std::stop_token& stop) {
  const HttpRequest request{.operation = "look_for_blob", .method = "HEAD", .url = "/blobs/" + digest.text()};
  DEPLOYCTL_TRY(const HttpResponse response, exchange_.send(access, request, Again::when_it_helps, stop));
  // Some answer with where it can be fetched from.
  if (response.status == 200 || response.status == 307 || response.status == 302) return true;
  if (response.status == 404) return false;
  return fail(exchange_.error(access, request, response, stop));
}

Result<std::string> Client::small_blob(const Access& access, const Descriptor& blob,
                                       const std::stop_token& stop) {
  if (blob.size > largest_small_blob)
    return fail(Cause::capacity, fmt::format("{} has {} bytes, at most {} are read at once",
                                             blob.digest.text(), blob.size, largest_small_blob));
  Collected sink;
  DEPLOYCTL_CHECK(read_blob(access, blob, sink, stop));
  return std::move(sink.text);
}

std::vector<Operation> client_operations() {
  const std::string manifest = "/v2/.+/manifests/[^/]+";
  const auto row = [](const char* name, Effect effect, const char* method, std::string path,
                      const char* help) {
    return Operation{.name = name, .effect = effect, .help = help, .method = method, .path = std::move(path)};
  };
  return {
      row("look", Effect::read, "HEAD", manifest, "Asks which image a tag means."),
      row("read_manifest", Effect::read, "GET", manifest, "Reads what an image consists of."),
      row("look_for_blob", Effect::read, "HEAD", "/v2/.+/blobs/[^/]+", "Asks whether a layer is there."),
      row("read_blob", Effect::read, "GET", ".*", "Reads a layer or a configuration."),
      row("list_tags", Effect::read, "GET", ".*", "Lists tags."),
      row("list_referrers", Effect::read, "GET", ".*", "Lists signatures and notes of an image."),
      row("token", Effect::auth, "GET", ".*", "Asks for an access token."),
      row("exchange_token", Effect::auth, "POST", ".*", "Exchanges an identity token for an access token."),
      row("start_upload", Effect::write, "POST", "/v2/.+/blobs/uploads/",
          "Begins an upload, or mounts a layer."),
      row("send_blob", Effect::write, "PUT", ".*", "Sends a layer."),
      row("send_chunk", Effect::write, "PATCH", ".*", "Sends a part of a layer."),
      row("look_at_upload", Effect::read, "GET", ".*", "Asks how much of a layer has arrived."),
      row("cancel_upload", Effect::write, "DELETE", ".*", "Gives up an upload."),
      row("put_manifest", Effect::write, "PUT", manifest, "Puts an image under its digest or a tag."),
      row("delete", Effect::write, "DELETE", manifest, "Deletes an image or a tag.")};
}

} // namespace deployctl::registry
