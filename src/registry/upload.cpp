#include "registry/upload.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/integer.hpp"
#include "registry/fault.hpp"
#include "registry/media_type.hpp"
#include "registry/quirks.hpp"

namespace deployctl::registry {
namespace {

constexpr std::uint64_t usual_chunk = 16U << 20;
constexpr Milliseconds cancel_patience{500};
// After these a new upload may succeed: the one before is gone.
constexpr std::array<std::string_view, 2> lost_sessions = {"BLOB_UPLOAD_INVALID", "BLOB_UPLOAD_UNKNOWN"};

// How many bytes "0-1023" or "bytes=0-1023" is; "0-0" is said of nothing as well as of one byte.
std::uint64_t arrived_by(const HttpResponse& response) {
  const std::string range = header_of(response, "range");
  const auto dash = range.rfind('-');
  const std::uint64_t last =
      dash == std::string::npos
          ? 0
          : parse_integer<std::uint64_t>(std::string_view(range).substr(dash + 1)).value_or(0);
  return last == 0 ? 0 : last + 1;
}

// A part of another source.
class Slice final : public BodySource {
public:
  Slice(BodySource& whole, std::uint64_t offset, std::uint64_t count)
      : whole_(whole), offset_(offset), count_(count) {}
  [[nodiscard]] std::uint64_t size() const override { return count_; }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    const auto left =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), count_ - std::min(offset, count_)));
    return whole_.read(offset_ + offset, out.first(left));
  }

private:
  BodySource& whole_;
  std::uint64_t offset_;
  std::uint64_t count_;
};

} // namespace

Result<Session> start_upload(Exchange& exchange, const Access& access, const Digest& digest,
                             const std::string& from, const std::stop_token& stop) {
  const std::string mount =
      from.empty() ? "" : "?mount=" + percent_encode(digest.text()) + "&from=" + percent_encode(from, "/");
  const HttpRequest request{.operation = "start_upload", .method = "POST", .url = "/blobs/uploads/" + mount};
  DEPLOYCTL_TRY(const HttpResponse response, exchange.send(access, request, Again::when_it_helps, stop));
  if (response.status == 201 && !from.empty()) return Session{};
  if (response.status == 202) {
    DEPLOYCTL_TRY(std::string location, exchange.location(access, request, response));
    return Session{std::move(location),
                   parse_integer<std::uint64_t>(header_of(response, "oci-chunk-min-length")).value_or(0)};
  }
  // Not allowed to see the other repository, or not offered: that is no reason not to send the bytes.
  if (!from.empty() && response.status < 500) return start_upload(exchange, access, digest, "", stop);
  Error error = exchange.error(access, request, response, stop);
  if (!quirks_of(access.repository.host).creates_repositories && response.status == 404)
    error.help = fmt::format("{} makes no repositories by itself: make '{}' first",
                             quirks_of(access.repository.host).service, access.repository.name);
  return fail(std::move(error));
}

void cancel_upload(Exchange& exchange, const Access& access, const Session& session) {
  if (session.location.empty()) return;
  HttpRequest request{.operation = "cancel_upload",
                      .method = "DELETE",
                      .url = session.location,
                      .timeout = cancel_patience,
                      .connect_timeout = cancel_patience};
  (void)exchange.send(access, std::move(request), Again::never, {});
}

std::uint64_t Upload::chunk_size() const {
  const Quirks& quirks = quirks_of(access_.repository.host);
  const std::uint64_t refused = exchange_.memory(access_).largest_body();
  const std::uint64_t left = blob_.size - offset_;
  if (!quirks.chunked || refused == 0 || left < refused) return 0;
  // Half of what was too much, within what is known.
  std::uint64_t size = std::min(usual_chunk, std::max<std::uint64_t>(1, refused / 2));
  if (quirks.most_chunk > 0) size = std::min(size, quirks.most_chunk);
  return std::max({size, quirks.least_chunk, session_.least_chunk});
}

Error Upload::refusal(const HttpRequest& request, const HttpResponse& response) {
  Error error = exchange_.error(access_, request, response, stop_);
  error.retryable |= std::ranges::any_of(lost_sessions, [&](auto code) { return has_code(response, code); });
  // What follows the place that it named does not fit what it has: from the beginning, then.
  if (offset_ > 0 && (response.status == 416 || has_code(response, "DIGEST_INVALID"))) {
    lost_ = true;
    error.retryable = true;
  }
  if (response.status == 413 && quirks_of(access_.repository.host).chunked && request.source->size() > 1) {
    exchange_.memory(access_).learn_largest_body(request.source->size());
    error.retryable = true; // in smaller parts
  }
  return error;
}

Status Upload::send_chunk(std::uint64_t count) {
  Slice slice(source_, offset_, count);
  const HttpRequest request{
      .operation = "send_chunk",
      .method = "PATCH",
      .url = session_.location,
      .headers = {{"Content-Type", std::string(media_type::octets)},
                  {"Content-Range", fmt::format("{}-{}", offset_, offset_ + count - 1)}},
      .source = &slice};
  DEPLOYCTL_TRY(const HttpResponse response, exchange_.send(access_, request, Again::never, stop_));
  if (response.status != 202 && response.status != 201 && response.status != 204)
    return fail(refusal(request, response));
  // Some servers take a part wherever it belongs: only what they say they have counts.
  if (const std::uint64_t has = arrived_by(response); has != 0 && has != offset_ + count)
    return fail(Error{.cause = Cause::network,
                      .message = fmt::format("{} bytes were sent, the registry has {}", offset_ + count, has),
                      .retryable = true});
  DEPLOYCTL_TRY(session_.location, exchange_.location(access_, request, response));
  offset_ += count;
  return {};
}

Status Upload::send_last() {
  Slice slice(source_, offset_, blob_.size - offset_);
  const char* joint = session_.location.find('?') == std::string::npos ? "?" : "&";
  HttpRequest request{.operation = "send_blob",
                      .method = "PUT",
                      .url = session_.location + joint + "digest=" + percent_encode(blob_.digest.text()),
                      .headers = {{"Content-Type", std::string(media_type::octets)}},
                      .source = &slice};
  if (offset_ > 0)
    request.headers.emplace_back("Content-Range", fmt::format("{}-{}", offset_, blob_.size - 1));
  DEPLOYCTL_TRY(const HttpResponse response, exchange_.send(access_, request, Again::never, stop_));
  if (response.status == 201 || response.status == 204 || response.status == 200) return {};
  return fail(refusal(request, response));
}

Status Upload::send() {
  for (;;) {
    const std::uint64_t chunk = chunk_size();
    if (chunk == 0 || blob_.size - offset_ <= chunk) return send_last();
    DEPLOYCTL_CHECK(send_chunk(chunk));
  }
}

// The answer may be all that was lost. Else the registry is asked once how far it came; most forget.
Result<bool> Upload::arrived_or_continue() {
  const HttpRequest look{
      .operation = "look_for_blob", .method = "HEAD", .url = "/blobs/" + blob_.digest.text()};
  const auto there = exchange_.send(access_, look, Again::never, stop_);
  if (there && there->status == 200) return true;
  const HttpRequest request{.operation = "look_at_upload", .url = session_.location};
  const auto response = exchange_.send(access_, request, Again::never, stop_);
  offset_ = 0;
  const bool lost = std::exchange(lost_, false);
  const bool answered = !lost && response && response->status == 204;
  const std::uint64_t has = answered ? arrived_by(*response) : 0;
  if (has == 0 || has > blob_.size) {
    cancel_upload(exchange_, access_, session_);
    session_ = {};
    return false;
  }
  offset_ = has;
  if (const auto next = exchange_.location(access_, request, *response)) session_.location = *next;
  return false;
}

Status Upload::run(const std::string& from) {
  for (int attempt = 1;; ++attempt) {
    if (session_.location.empty()) {
      DEPLOYCTL_TRY(session_,
                    start_upload(exchange_, access_, blob_.digest, attempt == 1 ? from : "", stop_));
      if (session_.location.empty()) return {};
    }
    const std::uint64_t before = offset_;
    Status sent = send();
    if (sent) return {};
    if (stop_.stop_requested()) {
      cancel_upload(exchange_, access_, session_);
      return sent;
    }
    if (offset_ > before) attempt = 1; // it got further
    if (Status paused = exchange_.transport().pause_after(attempt, sent.error(), stop_); !paused) {
      cancel_upload(exchange_, access_, session_);
      return paused;
    }
    DEPLOYCTL_TRY(const bool arrived, arrived_or_continue());
    if (arrived) return {};
  }
}

} // namespace deployctl::registry
