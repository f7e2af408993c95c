#include "ssh/tar_stream.hpp"

#include <fmt/core.h>

namespace deployctl::ssh {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t longest_name = 99; // 100 with the zero byte that old readers want

struct Place {
  std::size_t at;
  std::size_t size;
};
constexpr Place name_place{0, 100};
constexpr Place mode_place{100, 8};
constexpr Place owner_place{108, 8};
constexpr Place group_place{116, 8};
constexpr Place size_place{124, 12};
constexpr Place time_place{136, 12};
constexpr Place sum_place{148, 8};
constexpr Place type_place{156, 1};
constexpr Place link_place{157, 100};
constexpr Place magic_place{257, 8};

void put(std::string& header, Place place, std::string_view text) {
  text = text.substr(0, place.size);
  header.replace(place.at, text.size(), text);
}

void put_number(std::string& header, Place place, std::uint64_t number) {
  const std::string octal = fmt::format("{:0{}o}", number, place.size - 1);
  if (octal.size() < place.size) return put(header, place, octal);
  std::string binary(place.size, '\0'); // too large for octal: GNU's form, marked by the first bit
  for (std::size_t i = place.size; i-- > 1; number >>= 8U) binary[i] = static_cast<char>(number & 0xffU);
  binary.front() = static_cast<char>(0x80);
  put(header, place, binary);
}

std::string header_block(const TarEntry& entry, char type) {
  std::string header(block, '\0');
  put(header, name_place, entry.name.substr(0, longest_name));
  put_number(header, mode_place, entry.mode);
  put_number(header, owner_place, 0);
  put_number(header, group_place, 0);
  put_number(header, size_place, entry.size);
  put_number(header, time_place, 0);
  put(header, type_place, std::string_view(&type, 1));
  put(header, link_place, entry.link.substr(0, longest_name));
  put(header, magic_place, std::string_view("ustar  \0", magic_place.size));
  put(header, sum_place, "        ");
  std::uint64_t sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  put(header, sum_place, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

// An entry of its own that holds the name or target of the next one.
std::string long_text(std::string_view text, char type) {
  if (text.size() <= longest_name) return {};
  const std::uint64_t size = text.size() + 1;
  return header_block({.name = "././@LongLink", .size = size}, type) + std::string(text) + '\0' +
         tar_padding(size);
}

} // namespace

std::string tar_header(const TarEntry& entry) {
  return long_text(entry.link, 'K') + long_text(entry.name, 'L') +
         header_block(entry, entry.link.empty() ? '0' : '2');
}

std::string tar_padding(std::uint64_t size) {
  return std::string((block - size % block) % block, '\0');
}

std::string tar_file(std::string_view name, std::string_view bytes) {
  return tar_header({.name = name, .size = bytes.size(), .mode = 0600}) + std::string(bytes) +
         tar_padding(bytes.size());
}

std::string tar_end() {
  return std::string(2 * block, '\0');
}

} // namespace deployctl::ssh
