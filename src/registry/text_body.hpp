// Bytes in memory as the source of an upload.
#pragma once

#include <string>

#include <deployctl/ports/http.hpp>

namespace deployctl::registry {

class TextBody final : public BodySource {
public:
  explicit TextBody(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    if (offset >= bytes_.size()) return 0;
    return bytes_.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
  }

private:
  std::string bytes_;
};

} // namespace deployctl::registry
