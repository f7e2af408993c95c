// A request's body on its way out: bytes of a source, or of a text, read from any offset on. Not the client;
// that is http.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <deployctl/ports/http.hpp>

namespace deployctl::net {

class Departure {
public:
  explicit Departure(BodySource* source) : source_(source) {}

  // The next bytes; nothing when the source failed or is shorter than it said.
  std::optional<std::size_t> fill(std::span<char> out);
  // False once bytes have left: whoever asked knows better than the library whether they may be sent again.
  bool rewind(std::uint64_t offset);

  [[nodiscard]] const Status& given() const { return given_; } // what the source said

private:
  BodySource* source_;
  std::uint64_t offset_ = 0;
  Status given_;
};

} // namespace deployctl::net
