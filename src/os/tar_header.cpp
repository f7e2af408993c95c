#include "os/tar_header.hpp"

#include <string_view>

namespace deployctl::os {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t longest_name = 100; // and of a link
constexpr std::size_t longest_prefix = 155;
constexpr std::uint64_t largest_size = (1ULL << 33) - 1; // eleven octal digits

struct Part {
  std::size_t offset = 0;
  std::size_t digits = 0;
};
constexpr Part mode_part{100, 7}, user_part{108, 7}, group_part{116, 7}, size_part{124, 11},
    time_part{136, 11}, sum_part{148, 6};

void put_octal(std::string& block, Part part, std::uint64_t number) {
  for (std::size_t i = part.digits; i-- > 0; number /= 8)
    block[part.offset + i] = static_cast<char>('0' + number % 8);
}

void put_text(std::string& block, std::size_t offset, std::string_view text) {
  block.replace(offset, text.size(), text);
}

// The sum is taken with spaces in its own place.
void put_sum(std::string& block) {
  block.replace(sum_part.offset, 8, 8, ' ');
  std::uint64_t sum = 0;
  for (const char byte : block) sum += static_cast<unsigned char>(byte);
  put_octal(block, sum_part, sum);
  block[sum_part.offset + sum_part.digits] = '\0';
}

// A name in two parts, the first of at most 155 bytes, the second of at most 100, with a '/' between them.
std::size_t split_of(const std::string& name) {
  if (name.size() <= longest_name) return 0;
  const std::size_t slash = name.find('/', name.size() - longest_name - 1);
  const bool fits = slash != std::string::npos && slash > 0 && slash <= longest_prefix;
  return fits ? slash : std::string::npos;
}

std::string block_of(const TarEntry& entry, char type, std::uint64_t size) {
  std::string block(block_size, '\0');
  const std::size_t split = split_of(entry.name);
  if (split == std::string::npos) {
    put_text(block, 0, std::string_view(entry.name).substr(0, longest_name)); // the record before it has all
  } else if (split > 0) {
    put_text(block, 0, std::string_view(entry.name).substr(split + 1));
    put_text(block, 345, std::string_view(entry.name).substr(0, split));
  } else {
    put_text(block, 0, entry.name);
  }
  put_octal(block, mode_part, entry.mode);
  put_octal(block, user_part, 0);
  put_octal(block, group_part, 0);
  put_octal(block, size_part, size > largest_size ? 0 : size);
  put_octal(block, time_part, static_cast<std::uint64_t>(entry.time));
  block[156] = type;
  put_text(block, 157, std::string_view(entry.link).substr(0, longest_name));
  put_text(block, 257, "ustar");
  put_text(block, 263, "00");
  put_sum(block);
  return block;
}

// "27 path=...\n": its own length counts.
std::string record(std::string_view key, std::string_view value) {
  const std::string rest = " " + std::string(key) + "=" + std::string(value) + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() > length) ++length;
  return std::to_string(length) + rest;
}

} // namespace

std::string tar_header(const TarEntry& entry) {
  std::string records;
  if (split_of(entry.name) == std::string::npos) records += record("path", entry.name);
  if (entry.link.size() > longest_name) records += record("linkpath", entry.link);
  if (entry.size > largest_size) records += record("size", std::to_string(entry.size));
  std::string header;
  if (!records.empty()) {
    const TarEntry before{.name = "pax", .time = entry.time};
    header = block_of(before, 'x', records.size()) + records + tar_padding(records.size());
  }
  const bool is_link = !entry.link.empty();
  return header + block_of(entry, is_link ? '2' : '0', is_link ? 0 : entry.size);
}

std::string tar_padding(std::uint64_t size) {
  const auto over = static_cast<std::size_t>(size % block_size);
  return std::string(over == 0 ? 0 : block_size - over, '\0');
}

std::string tar_end() {
  return std::string(2 * block_size, '\0');
}

} // namespace deployctl::os
