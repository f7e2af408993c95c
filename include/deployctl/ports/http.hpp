// One HTTP exchange. Redirects are never followed here: the caller decides, so that credentials cannot travel
// on.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/text.hpp>

namespace deployctl {

// A request's body that is read while it is sent; from any offset, so that it can be sent again.
class BodySource {
public:
  virtual ~BodySource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Fills `out` with the bytes from `offset`; fewer only at the end.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> out) = 0;
};

// Takes a body while it arrives. An error ends the exchange with that error.
class BodySink {
public:
  virtual ~BodySink() = default;
  virtual Status take(std::string_view bytes) = 0;
};

struct HttpRequest {
  std::string operation; // a name of the provider's operation table
  std::string method = "GET";
  std::string url; // http or https; no user information
  std::vector<std::pair<std::string, Text>> headers;
  Text body;
  Milliseconds timeout{30'000}; // whole exchange
  Milliseconds connect_timeout{10'000};
  std::size_t response_limit = 16U << 20; // bytes, after decompression; more is an error
  std::string ca_file;                    // extra trust for this endpoint
  std::string unix_socket;                // connect here instead of the URL's host
  // Streamed, over HTTP/1.1; an exchange that stands still for a minute ends as a timeout.
  BodySource* source = nullptr; // sent instead of `body`
  BodySink* sink = nullptr;     // takes the body of a 2xx answer, without limit and as it was sent
};

struct HttpResponse {
  int status = 0;
  std::multimap<std::string, std::string> headers; // names in lower case
  std::string body;
  Milliseconds elapsed{0}; // from the first byte sent to the last received
};

class Http {
public:
  virtual ~Http() = default;
  // Error if no response arrived (network, tls, timeout, cancelled); any status is a result.
  virtual Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) = 0;
};

} // namespace deployctl
