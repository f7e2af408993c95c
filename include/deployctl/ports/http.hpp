// One HTTP exchange. Redirects are never followed here: the caller decides, so that credentials cannot travel
// on.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/text.hpp>

namespace deployctl {

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
