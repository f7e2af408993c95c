#include "policy/lint/pem.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/encode.hpp"
#include "base/strings.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t longest_key = 32U << 10;
constexpr std::size_t shortest_body = 64;
constexpr std::string_view dashes = "-----";

// What keys begin with, decoded: DER's SEQUENCE, OpenSSH's own form, packets of OpenPGP.
bool begins_as_key(std::string_view bytes) {
  constexpr std::string_view openssh = "openssh-key-v1";
  if (bytes.substr(0, openssh.size()) == openssh) return true;
  if (bytes.empty()) return false;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const bool openpgp = first == 0x94 || first == 0x95 || first == 0xc5;
  return first == 0x30 || openpgp;
}

bool openssh_is_encrypted(std::string_view bytes) {
  constexpr std::string_view unencrypted("openssh-key-v1\0\0\0\0\4none", 23);
  return bytes.substr(0, 14) == unencrypted.substr(0, 14) &&
         bytes.substr(0, unencrypted.size()) != unencrypted;
}

// The base64 of the body: headers ("Proc-Type: 4,ENCRYPTED") and what YAML, JSON and shells put between its
// lines left out.
std::string base64_of(std::string_view body) {
  std::string out;
  const std::string lines = replace_all(body, "\\n", "\n");
  for (std::string_view line : split(lines, '\n')) {
    line = trim(line);
    if (line.find(':') != std::string_view::npos || line.substr(0, 1) == "=")
      continue; // header, PGP's checksum
    for (const char c : line)
      if (is_letter_or_digit(c) || c == '+' || c == '/')
        out += c;
      else if (c != '"' && c != '\'' && c != '\\' && c != '=' && c != ' ' && c != ',' && c != '|')
        return {};
  }
  return out;
}

} // namespace

PemBlock read_pem(std::string_view text, std::size_t begin) {
  PemBlock block;
  const std::size_t head_end = text.find(dashes, begin + dashes.size());
  if (head_end == std::string_view::npos) return block;
  const std::string_view rest = text.substr(head_end + dashes.size(), longest_key);
  const std::size_t tail = rest.find("-----END ");
  if (tail == std::string_view::npos) return block;
  const std::size_t tail_end = rest.find(dashes, tail + dashes.size());
  block.end =
      head_end + dashes.size() + (tail_end == std::string_view::npos ? tail : tail_end + dashes.size());

  const std::string base64 = base64_of(rest.substr(0, tail));
  if (base64.size() < shortest_body) return block;
  const auto bytes = from_base64(std::string_view(base64).substr(0, base64.size() / 4 * 4));
  if (!bytes) return block;
  const std::string_view head = text.substr(begin, head_end - begin);
  block.encrypted = head.find("ENCRYPTED") != std::string_view::npos ||
                    rest.substr(0, tail).find("ENCRYPTED") != std::string_view::npos ||
                    openssh_is_encrypted(*bytes);
  block.holds_key = begins_as_key(*bytes) || block.encrypted;
  return block;
}

} // namespace deployctl::policy::lint
