// A response while it arrives: piece by piece, never beyond its limit. Not the client; that is http.hpp.
#pragma once

#include <cstddef>
#include <string_view>

#include <deployctl/ports/http.hpp>

namespace deployctl::net {

class Arrival {
public:
  static constexpr std::size_t longest_header_block = 256U << 10; // bytes

  // `sink` may be null: then the response holds the body.
  explicit Arrival(std::size_t body_limit, BodySink* sink = nullptr) : body_limit_(body_limit), sink_(sink) {}

  // False: too large, or the sink refused it, and nothing more is wanted.
  bool take_body(std::string_view bytes);
  // One line with its end. A status line begins anew: what came before was informational (1xx).
  bool take_header(std::string_view line);

  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] const Status& taken() const { return taken_; } // what the sink said
  [[nodiscard]] HttpResponse response() && { return std::move(response_); }

private:
  std::size_t body_limit_;
  BodySink* sink_;
  Status taken_;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;
  HttpResponse response_;
};

} // namespace deployctl::net
