#include "net/http_arrival.hpp"

#include <algorithm>
#include <charconv>

#include "base/strings.hpp"
#include "base/wiped.hpp"

namespace deployctl::net {
namespace {

// Of "HTTP/1.1 200 OK"; 0 when there is none.
int status_of(std::string_view line) {
  const auto space = line.find(' ');
  int status = 0;
  if (space != std::string_view::npos)
    std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
  return status;
}

// The body may hold secrets: a buffer that has become too small does not keep them.
void append_wiping(std::string& body, std::string_view bytes) {
  if (body.capacity() - body.size() < bytes.size()) {
    std::string larger;
    larger.reserve(std::max(body.size() + bytes.size(), 2 * body.capacity()));
    larger.append(body);
    body.swap(larger);
    const Wiped smaller(std::move(larger));
  }
  body.append(bytes);
}

} // namespace

bool Arrival::take_body(std::string_view bytes) {
  if (sink_ && response_.status >= 200 && response_.status < 300) {
    taken_ = sink_->take(bytes);
    return taken_.has_value();
  }
  too_large_ |= bytes.size() > body_limit_ - response_.body.size();
  if (!too_large_) append_wiping(response_.body, bytes);
  return !too_large_;
}

bool Arrival::take_header(std::string_view line) {
  header_bytes_ += line.size();
  too_large_ |= header_bytes_ > longest_header_block;
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();
    response_.status = status_of(line);
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos)
    response_.headers.emplace(to_lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1))));
  return !too_large_;
}

} // namespace deployctl::net
