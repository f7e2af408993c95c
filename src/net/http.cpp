#include "net/http.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <mutex>
#include <optional>
#include <vector>

#include <curl/curl.h>
#include <fmt/core.h>

#include "base/strings.hpp"
#include "net/http_arrival.hpp"
#include "net/http_departure.hpp"
#include "net/http_rules.hpp"
#include "net/transfer.hpp"

namespace deployctl::net {
namespace {

constexpr std::size_t idle_channels = 16;
constexpr long slowest = 1'024;    // bytes a second of a streamed body
constexpr long longest_stall = 60; // seconds
constexpr long upload_piece = 256L << 10;

struct EasyCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiCleanup {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
// libcurl copies header lines; they may hold credentials.
struct ListCleanup {
  void operator()(curl_slist* list) const {
    for (curl_slist* line = list; line; line = line->next)
      explicit_bzero(line->data, std::strlen(line->data));
    curl_slist_free_all(list);
  }
};
using HeaderLines = std::unique_ptr<curl_slist, ListCleanup>;

// One transfer handle and its connection cache. Used by one request at a time.
struct Channel {
  std::string origin;
  std::unique_ptr<CURLM, MultiCleanup> multi{curl_multi_init()};
  std::unique_ptr<CURL, EasyCleanup> easy{curl_easy_init()};
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
  return static_cast<Arrival*>(to)->take_body({bytes, size * count}) ? size * count : 0;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) {
  return static_cast<Arrival*>(to)->take_header({bytes, size * count}) ? size * count : 0;
}

std::size_t give_body(char* bytes, std::size_t size, std::size_t count, void* from) {
  const auto filled = static_cast<Departure*>(from)->fill({bytes, size * count});
  return filled ? *filled : CURL_READFUNC_ABORT;
}

int rewind_body(void* from, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  const bool rewound = static_cast<Departure*>(from)->rewind(static_cast<std::uint64_t>(offset));
  return rewound ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

void append_line(HeaderLines& lines, std::string line) {
  if (curl_slist* longer = curl_slist_append(lines.get(), line.c_str())) {
    static_cast<void>(lines.release());
    lines.reset(longer);
  }
  explicit_bzero(line.data(), line.size());
}

HeaderLines header_lines(const HttpRequest& request) {
  HeaderLines lines;
  append_line(lines, "Expect:"); // a wait of a second for nothing
  bool typed = false;
  for (const auto& [name, value] : request.headers) {
    typed |= equal_ignoring_case(name, "content-type");
    const std::string_view bytes = bytes_of(value);
    append_line(lines,
                name + (bytes.empty() ? ";" : ": ") + std::string(bytes)); // "Name;" sends an empty value
  }
  if (!typed) append_line(lines, "Content-Type:"); // not libcurl's guess
  return lines;
}

// Large bodies wait for each other's windows on one HTTP/2 connection; over HTTP/1.1 each has its own.
void set_streams(CURL* easy, const HttpRequest& request, Departure& departure) {
  if (!request.source && !request.sink) return;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, slowest);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, longest_stall);
  if (request.sink) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
  if (!request.source) return;
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, upload_piece);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.source->size()));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
  curl_easy_setopt(easy, CURLOPT_READDATA, &departure);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind_body);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, &departure);
}

void set_method(CURL* easy, const HttpRequest& request) {
  if (request.source) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    return;
  }
  const std::string_view body = bytes_of(request.body);
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_options(CURL* easy, const HttpRequest& request, const Url& url, const HttpSettings& settings) {
  const auto set = [easy](CURLoption option, const std::string& value) {
    if (!value.empty()) curl_easy_setopt(easy, option, value.c_str());
  };
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_URL, url.text().c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(request.timeout.count())));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   std::max(1L, static_cast<long>(request.connect_timeout.count())));
  // An empty proxy also keeps libcurl from reading the environment.
  curl_easy_setopt(easy, CURLOPT_PROXY, proxy_for(url, settings.proxies).c_str());
  set(CURLOPT_USERAGENT, settings.user_agent);
  set(CURLOPT_CAINFO, request.ca_file); // the system's directory of certificates stays trusted
  set(CURLOPT_UNIX_SOCKET_PATH, request.unix_socket);
}

// Nothing is copied: the settings outlive the transfer.
void set_blob(CURL* easy, CURLoption option, std::string_view bytes) {
  if (bytes.empty()) return;
  curl_blob blob{.data = const_cast<char*>(bytes.data()), .len = bytes.size(), .flags = CURL_BLOB_NOCOPY};
  curl_easy_setopt(easy, option, &blob);
}

// What one request trusts, `ca_file`, goes before what all of them do.
void set_tls(CURL* easy, const TlsIdentity& tls, const std::string& ca_file) {
  if (ca_file.empty()) set_blob(easy, CURLOPT_CAINFO_BLOB, tls.ca_pem);
  if (!tls.ca_pem.empty() && ca_file.empty())
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr); // not the system's besides
  set_blob(easy, CURLOPT_SSLCERT_BLOB, tls.certificate_pem);
  set_blob(easy, CURLOPT_SSLKEY_BLOB, tls.key_pem.reveal());
}

struct Mapping {
  CURLcode code;
  Cause cause;
  bool sent; // the request may have reached the server
};

constexpr Mapping mappings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, Cause::network, false},
    {CURLE_COULDNT_RESOLVE_PROXY, Cause::network, false},
    {CURLE_COULDNT_CONNECT, Cause::network, false},
    {CURLE_SSL_CONNECT_ERROR, Cause::tls, false},
    {CURLE_PEER_FAILED_VERIFICATION, Cause::tls, false},
    {CURLE_SSL_CERTPROBLEM, Cause::tls, false},
    {CURLE_SSL_CIPHER, Cause::tls, false},
    {CURLE_SSL_CACERT_BADFILE, Cause::tls, false},
    {CURLE_SSL_ISSUER_ERROR, Cause::tls, false},
    {CURLE_SSL_INVALIDCERTSTATUS, Cause::tls, false},
    {CURLE_URL_MALFORMAT, Cause::config, false},
    {CURLE_UNSUPPORTED_PROTOCOL, Cause::config, false},
    {CURLE_OPERATION_TIMEDOUT, Cause::timeout, true},
    {CURLE_OUT_OF_MEMORY, Cause::internal, true},
    {CURLE_BAD_FUNCTION_ARGUMENT, Cause::internal, false},
};

Error as_error(CURLcode code, const char* detail, CURL* easy, const HttpRequest& request, const Url& url) {
  const auto found = std::ranges::find(mappings, code, &Mapping::code);
  Mapping mapping = found == std::end(mappings) ? Mapping{code, Cause::network, true} : *found;
  curl_off_t connected = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
  mapping.sent &= connected > 0;
  std::string why = to_lower(*detail ? detail : curl_easy_strerror(code));
  while (why.ends_with('.') || why.ends_with('\n')) why.pop_back();
  Error error{.cause = mapping.cause, .message = fmt::format("no response from {}: {}", url.origin(), why)};
  const bool transient = mapping.cause == Cause::network || mapping.cause == Cause::timeout;
  error.retryable = transient && (!mapping.sent || is_idempotent(request.method));
  if (mapping.cause == Cause::timeout)
    error.message = fmt::format(
        "no {} {} within {} ms", mapping.sent ? "response from" : "connection to", url.origin(),
        mapping.sent ? request.timeout.count() : std::min(request.timeout, request.connect_timeout).count());
  return error;
}

Milliseconds elapsed(CURL* easy) {
  curl_off_t total = 0, before = 0;
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &total);
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &before);
  return std::chrono::ceil<Milliseconds>(std::chrono::microseconds(std::max<curl_off_t>(0, total - before)));
}

} // namespace

struct CurlHttp::Pool {
  HttpSettings settings;
  std::mutex mutex; // guards `idle`
  std::vector<std::unique_ptr<Channel>> idle;

  // Prefers one that talked to the same origin: its connection may still be open.
  std::unique_ptr<Channel> borrow(const std::string& origin) {
    {
      const std::scoped_lock lock(mutex);
      const auto same = std::ranges::find(idle, origin, &Channel::origin);
      if (same != idle.end()) {
        auto channel = std::move(*same);
        idle.erase(same);
        return channel;
      }
    }
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT); // once, and only by who sends
    auto channel = std::make_unique<Channel>();
    channel->origin = origin;
    return ready == CURLE_OK && channel->multi && channel->easy ? std::move(channel) : nullptr;
  }

  void give_back(std::unique_ptr<Channel> channel) {
    const std::scoped_lock lock(mutex);
    if (idle.size() >= idle_channels) idle.erase(idle.begin()); // the one unused for longest
    idle.push_back(std::move(channel));
  }
};

CurlHttp::CurlHttp(HttpSettings settings) : pool_(std::make_unique<Pool>()) {
  pool_->settings = std::move(settings);
}

CurlHttp::~CurlHttp() = default;

Result<HttpResponse> CurlHttp::send(const HttpRequest& request, std::stop_token stop) {
  DEPLOYCTL_TRY(const Url url, check_request(request));
  if (stop.stop_requested()) return fail(Cause::cancelled, "cancelled before the request was sent");
  auto channel = pool_->borrow(url.origin() + '|' + request.unix_socket + '|' + request.ca_file);
  if (!channel) return fail(Cause::internal, "libcurl could not be started");
  CURL* easy = channel->easy.get();
  Arrival arrival(request.response_limit, request.sink);
  Departure departure(request.source);
  char detail[CURL_ERROR_SIZE] = {};
  const HeaderLines lines = header_lines(request);
  curl_easy_reset(easy);
  set_options(easy, request, url, pool_->settings);
  set_tls(easy, pool_->settings.tls, request.ca_file);
  set_method(easy, request);
  set_streams(easy, request, departure);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines.get());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &arrival);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &arrival);

  curl_multi_add_handle(channel->multi.get(), easy);
  const auto code = perform(channel->multi.get(), stop);
  curl_multi_remove_handle(channel->multi.get(), easy);
  if (!code) return fail(Cause::cancelled, fmt::format("the request to {} was cancelled", url.origin()));
  if (arrival.too_large())
    return fail(Cause::capacity,
                fmt::format("the response of {} has over {} bytes", url.origin(), request.response_limit));
  DEPLOYCTL_CHECK(arrival.taken());
  DEPLOYCTL_CHECK(departure.given());
  if (*code != CURLE_OK) return fail(as_error(static_cast<CURLcode>(*code), detail, easy, request, url));
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  HttpResponse response = std::move(arrival).response();
  response.status = static_cast<int>(status);
  response.elapsed = elapsed(easy);
  curl_easy_reset(easy); // it points into this frame
  pool_->give_back(std::move(channel));
  return response;
}

} // namespace deployctl::net
