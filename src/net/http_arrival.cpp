#include "net/http_arrival.hpp"

#include "base/strings.hpp"

namespace deployctl::net {

bool Arrival::take_body(std::string_view bytes) {
  too_large_ |= bytes.size() > body_limit_ - response_.body.size();
  if (!too_large_) response_.body.append(bytes);
  return !too_large_;
}

bool Arrival::take_header(std::string_view line) {
  header_bytes_ += line.size();
  too_large_ |= header_bytes_ > longest_header_block;
  if (line.starts_with("HTTP/"))
    response_.headers.clear();
  else if (const auto colon = line.find(':'); colon != std::string_view::npos)
    response_.headers.emplace(to_lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1))));
  return !too_large_;
}

} // namespace deployctl::net
