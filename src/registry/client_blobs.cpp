#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "registry/client.hpp"
#include "registry/fault.hpp"
#include "registry/upload.hpp"

namespace deployctl::registry {
namespace {

constexpr int most_redirects = 5;
constexpr std::array<int, 5> redirects = {301, 302, 303, 307, 308};

// Checks what passes and keeps nothing. A blob that is read from its middle is not checked: who takes the
// whole of it does.
class CheckedSink final : public BodySink {
public:
  CheckedSink(BodySink& inner, const Descriptor& blob, std::uint64_t offset)
      : inner_(inner), blob_(blob), whole_(offset == 0), check_(blob.digest, blob.size), count_(offset) {}

  Status take(std::string_view bytes) override {
    if (whole_) DEPLOYCTL_CHECK(check_.take(bytes));
    if (bytes.size() > blob_.size - count_)
      return fail(Cause::conflict,
                  fmt::format("{} has more than its {} bytes", blob_.digest.text(), blob_.size));
    DEPLOYCTL_CHECK(inner_.take(bytes));
    count_ += bytes.size();
    return {};
  }

  Status finish() { return whole_ ? check_.finish() : Status(); }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] bool complete() const { return count_ == blob_.size; }

private:
  BodySink& inner_;
  const Descriptor& blob_;
  bool whole_;
  DigestCheck check_;
  std::uint64_t count_; // of the whole blob
};

bool is_redirect(const HttpResponse& response) {
  return std::ranges::find(redirects, response.status) != redirects.end();
}

// One answer to a read, after redirects.
struct Read {
  HttpRequest request;
  HttpResponse response;
  bool elsewhere = false; // it came from where the registry sent us
};

Result<Read> read_once(Exchange& exchange, const Access& access, HttpRequest request,
                       const std::stop_token& stop) {
  for (int hop = 0; hop <= most_redirects; ++hop) {
    DEPLOYCTL_TRY(HttpResponse response, exchange.send(access, request, Again::never, stop));
    if (!is_redirect(response)) return Read{request, std::move(response), hop > 0};
    DEPLOYCTL_TRY(request.url, exchange.location(access, request, response));
  }
  return fail(Cause::conflict, fmt::format("'{}' sends us in circles", access.repository.text()));
}

// Why the answer is not (the rest of) the blob; `retryable` when another try makes sense.
std::optional<Error> shortcoming(Exchange& exchange, const Access& access, const Read& read,
                                 std::uint64_t from, bool complete, const std::stop_token& stop) {
  const HttpResponse& response = read.response;
  const bool continued = response.status == 206 &&
                         header_of(response, "content-range").starts_with(fmt::format("bytes {}-", from));
  if (continued || (response.status == 200 && from == 0)) {
    if (complete) return std::nullopt;
    return Error{.cause = Cause::network, .message = "the blob ended early", .retryable = true};
  }
  if (response.status == 200 || response.status == 206)
    return Error{.cause = Cause::conflict,
                 .message =
                     fmt::format("asked for what follows byte {}, the server sent something else", from)};
  Error error = exchange.error(access, read.request, response, stop);
  if (response.status == 404) error.cause = Cause::image_missing;
  // An address that was given to us is good for a while only.
  if (read.elsewhere && response.status == 403) error.retryable = true;
  return error;
}

} // namespace

Status Client::read_blob(const Access& access, const Descriptor& blob, BodySink& sink,
                         const std::stop_token& stop, std::uint64_t offset) {
  CheckedSink checked(sink, blob, offset);
  HttpRequest request{.operation = "read_blob", .url = "/blobs/" + blob.digest.text(), .sink = &checked};
  for (int attempt = 1;; ++attempt) {
    const std::uint64_t from = checked.count();
    request.headers.clear();
    if (from > 0) request.headers.emplace_back("Range", fmt::format("bytes={}-", from));
    auto read = read_once(exchange_, access, request, stop);
    std::optional<Error> error;
    if (read)
      error = shortcoming(exchange_, access, *read, from, checked.complete(), stop);
    else
      error = read.error();
    if (!error) return checked.finish();
    if (checked.count() > from) attempt = 1; // it got further: that is no failure of the server
    DEPLOYCTL_CHECK(exchange_.transport().pause_after(attempt, *error, stop).map_error([&](Error last) {
      return std::move(last).in(
          fmt::format("while reading {} of '{}'", blob.digest.text(), access.repository.text()));
    }));
  }
}

Status Client::push_blob(const Access& access, const Descriptor& blob, BodySource& source,
                         const std::string& from, const std::stop_token& stop) {
  if (source.size() != blob.size)
    return fail(Cause::conflict, fmt::format("{} should have {} bytes, its source has {}", blob.digest.text(),
                                             blob.size, source.size()));
  return Upload(exchange_, access, blob, source, stop).run(from).map_error([&](Error error) {
    return std::move(error).in(
        fmt::format("while sending {} to '{}'", blob.digest.text(), access.repository.text()));
  });
}

Result<bool> Client::mount_blob(const Access& access, const Descriptor& blob, const std::string& from,
                                const std::stop_token& stop) {
  DEPLOYCTL_TRY(const Session session, start_upload(exchange_, access, blob.digest, from, stop));
  if (session.location.empty()) return true;
  cancel_upload(exchange_, access, session);
  return false;
}

} // namespace deployctl::registry
