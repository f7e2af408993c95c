// Tars made by hand, right and wrong ones.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace deployctl::tests {

struct TarText {
  std::string bytes;

  // One header and what follows it. `type` as in the header; `size`: what the header says, when it lies.
  TarText& add(const std::string& name, const std::string& content, char type = '0',
               const std::string& link = {}, std::int64_t size = -1) {
    bytes += header(name, size < 0 ? content.size() : static_cast<std::uint64_t>(size), type, link) + content;
    bytes.resize((bytes.size() + 511) / 512 * 512, '\0');
    return *this;
  }
  [[nodiscard]] std::string ended() const { return bytes + std::string(1'024, '\0'); }

  static std::string header(const std::string& name, std::uint64_t size, char type, const std::string& link) {
    std::string block(512, '\0');
    block.replace(0, name.size(), name);
    block.replace(100, 7, "0000644");
    block.replace(124, 11, octal(size, 11));
    block.replace(136, 11, octal(0, 11));
    block[156] = type;
    block.replace(157, link.size(), link);
    block.replace(257, 5, "ustar");
    block.replace(263, 2, "00");
    return with_sum(block);
  }
  static std::string with_sum(std::string block) {
    block.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (const char byte : block) sum += static_cast<unsigned char>(byte);
    block.replace(148, 6, octal(sum, 6));
    block[154] = '\0';
    return block;
  }
  static std::string octal(std::uint64_t number, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t i = digits; i-- > 0; number /= 8) text[i] = static_cast<char>('0' + number % 8);
    return text;
  }
  // A PAX record: "27 path=...\n", its own length included.
  static std::string attribute(const std::string& key, const std::string& value) {
    const std::string rest = " " + key + "=" + value + "\n";
    std::size_t length = rest.size() + 1;
    while (std::to_string(length).size() + rest.size() != length) ++length;
    return std::to_string(length) + rest;
  }
};

} // namespace deployctl::tests
