#include "os/tar_index.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <fmt/core.h>

#include "base/integer.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "os/below.hpp"

namespace deployctl::os {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t most_entries = 100'000;
constexpr std::uint64_t longest_record = 1U << 20; // bytes of names and attributes of one entry
constexpr int longest_chain = 8;                   // of links to links

using Block = std::array<char, block>;

// The fields of a header: where they stand.
struct FieldPlace {
  std::size_t offset;
  std::size_t length;
};
constexpr FieldPlace name_field{0, 100}, size_field{124, 12}, sum_field{148, 8}, link_field{157, 100},
    magic_field{257, 6}, prefix_field{345, 155};
constexpr std::size_t type_offset = 156;

std::string_view field(const Block& header, FieldPlace place) {
  return {header.data() + place.offset, place.length};
}

std::string_view text(const Block& header, FieldPlace place) {
  const std::string_view whole = field(header, place);
  return whole.substr(0, whole.find('\0'));
}

tl::unexpected<Error> damaged(std::uint64_t at, std::string_view what) {
  return fail(Cause::config, fmt::format("the tar is damaged at byte {}: {}", at, what));
}

// Octal digits, or the bytes of a large number behind a first byte of 0x80.
std::optional<std::uint64_t> number(std::string_view bytes) {
  if (static_cast<unsigned char>(bytes.front()) == 0x80) {
    std::uint64_t value = 0;
    for (const char byte : bytes.substr(1)) {
      if (value >> 55U) return std::nullopt;
      value = value << 8U | static_cast<unsigned char>(byte);
    }
    return value;
  }
  const std::size_t begin = bytes.find_first_not_of(' ');
  if (begin == std::string_view::npos) return 0;
  bytes.remove_prefix(begin);
  bytes = bytes.substr(0, bytes.find_first_of(std::string_view(" \0", 2)));
  return bytes.empty() ? std::uint64_t{0} : parse_integer<std::uint64_t>(bytes, 8);
}

bool sum_is_right(const Block& header) {
  std::uint64_t sum = std::uint64_t{8} * ' '; // its own field counts as spaces
  for (std::size_t i = 0; i < block; ++i)
    if (i < sum_field.offset || i >= sum_field.offset + sum_field.length)
      sum += static_cast<unsigned char>(header[i]);
  return number(field(header, sum_field)) == sum;
}

std::string name_of(const Block& header) {
  std::string name(text(header, name_field));
  // GNU's own form has other things where the prefix is.
  if (field(header, magic_field) == std::string_view("ustar\0", 6) && header[prefix_field.offset] != '\0')
    name = std::string(text(header, prefix_field)) + "/" + name;
  return name;
}

// Without "./" in front and "/" behind; empty for the root itself.
std::string tidy(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  while (name.ends_with('/')) name.remove_suffix(1);
  return name == "." ? "" : std::string(name);
}

// Where a symbolic link in the folder of `name` leads; nothing when that is outside.
std::optional<std::string> target_of(const std::string& name, std::string_view link) {
  if (link.starts_with('/')) return std::nullopt;
  std::string at = directory_of(name);
  for (const std::string_view part : split(link, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (at.empty()) return std::nullopt;
      at = directory_of(at);
    } else {
      at += (at.empty() ? "" : "/") + std::string(part);
    }
  }
  return at;
}

// What entries in front of an entry say about it.
struct Notes {
  std::optional<std::string> name;
  std::optional<std::string> link;
  std::optional<std::uint64_t> size;
};

// "27 path=a/long/name\n", one after the other
Status read_attributes(std::string_view records, std::uint64_t at, Notes& notes) {
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [end, code] = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(end - records.data());
    if (code != std::errc() || length <= digits + 1 || length > records.size() || *end != ' ' ||
        records[length - 1] != '\n')
      return damaged(at, "its attributes cannot be read");
    const std::string_view pair = records.substr(digits + 1, length - digits - 2);
    records.remove_prefix(length);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return damaged(at, "an attribute without a value");
    const std::string_view key = pair.substr(0, equals), value = pair.substr(equals + 1);
    if (key.starts_with("GNU.sparse.")) return damaged(at, "files with holes are not read");
    if (key == "path") notes.name = value;
    if (key == "linkpath") notes.link = value;
    if (key != "size") continue;
    notes.size = parse_integer<std::uint64_t>(value);
    if (!notes.size) return damaged(at, "a size that is no number");
  }
  return {};
}

class Walk {
public:
  Walk(std::uint64_t size, const TarIndex::ReadAt& read_at, std::map<std::string, TarIndex::Entry>& entries)
      : size_(size), read_at_(read_at), entries_(entries) {}

  Status run() {
    for (std::size_t count = 0;; ++count) {
      if (count > most_entries)
        return fail(Cause::config, fmt::format("the tar has over {} entries", most_entries));
      Block header{};
      DEPLOYCTL_CHECK(read(at_, header));
      if (count == 0) DEPLOYCTL_CHECK(refuse_compressed(header));
      if (std::ranges::all_of(header, [](char byte) { return byte == '\0'; })) return {};
      if (!sum_is_right(header)) return damaged(at_, "a header's sum is wrong");
      DEPLOYCTL_CHECK(entry(header));
    }
  }

private:
  Status read(std::uint64_t offset, std::span<char> out) const {
    if (offset > size_ || out.size() > size_ - offset) return damaged(offset, "it ends early");
    DEPLOYCTL_TRY(const std::size_t got, read_at_(offset, out));
    if (got != out.size()) return damaged(offset, "it ends early");
    return {};
  }

  static Status refuse_compressed(const Block& header) {
    const std::string_view start(header.data(), 4);
    if (start.starts_with("\x1f\x8b") || start == "\x28\xb5\x2f\xfd")
      return fail(Cause::config, "the tar is compressed as a whole",
                  "unpack it first: its files are read in place");
    return {};
  }

  Status entry(const Block& header) {
    const char type = header[type_offset];
    const auto written = number(field(header, size_field));
    if (!written) return damaged(at_, "a size that is no number");
    const bool note = type == 'x' || type == 'g' || type == 'L' || type == 'K';
    const std::uint64_t size = note ? *written : notes_.size.value_or(*written);
    const std::uint64_t data = at_ + block;
    const bool only_header = type >= '1' && type <= '6'; // links, devices, folders
    const std::uint64_t stored = only_header ? 0 : size;
    if (stored > size_ || data > size_ - stored) return damaged(at_, "a file that is longer than the tar");
    if (type == 'S') return damaged(at_, "files with holes are not read");
    if (note) {
      DEPLOYCTL_CHECK(take_note(type, data, size));
    } else {
      DEPLOYCTL_CHECK(keep(header, type, {data, size}));
    }
    at_ = data + (stored + block - 1) / block * block;
    return {};
  }

  Status take_note(char type, std::uint64_t data, std::uint64_t size) {
    if (type == 'g') return {}; // about the archive as a whole
    if (size > longest_record) return damaged(at_, "a name or attributes of over a megabyte");
    std::string bytes(size, '\0');
    DEPLOYCTL_CHECK(read(data, bytes));
    if (type == 'x') return read_attributes(bytes, at_, notes_);
    bytes.resize(std::min(bytes.size(), bytes.find('\0')));
    (type == 'L' ? notes_.name : notes_.link) = std::move(bytes);
    return {};
  }

  Status keep(const Block& header, char type, TarMember member) {
    const std::string written = notes_.name.value_or(name_of(header));
    const std::string link = notes_.link.value_or(std::string(text(header, link_field)));
    notes_ = {};
    const std::string name = tidy(written);
    if (name.empty() || type == '5') return {};
    if (written.starts_with('/') || !is_name_below(name))
      return fail(Cause::config,
                  fmt::format("the tar has the name '{}', which leads out of it", sanitize_line(written)));
    if (type == '0' || type == '\0' || type == '7') entries_[name] = {.member = member};
    if (type == '1') entries_[name] = {.link = tidy(link)};
    if (type != '2') return {};
    const auto target = target_of(name, link);
    if (!target)
      return fail(Cause::config,
                  fmt::format("the link '{}' in the tar leads out of it: '{}'", name, sanitize_line(link)));
    entries_[name] = {.link = *target};
    return {};
  }

  std::uint64_t size_;
  const TarIndex::ReadAt& read_at_;
  std::map<std::string, TarIndex::Entry>& entries_;
  std::uint64_t at_ = 0;
  Notes notes_;
};

} // namespace

Result<TarIndex> TarIndex::read(std::uint64_t size, const ReadAt& read_at) {
  TarIndex index;
  DEPLOYCTL_CHECK(Walk(size, read_at, index.entries_).run());
  return index;
}

std::optional<TarMember> TarIndex::find(const std::string& name) const {
  const std::string* at = &name;
  for (int hop = 0; hop <= longest_chain; ++hop) {
    const auto found = entries_.find(*at);
    if (found == entries_.end()) return std::nullopt;
    if (found->second.link.empty()) return found->second.member;
    at = &found->second.link;
  }
  return std::nullopt;
}

} // namespace deployctl::os
