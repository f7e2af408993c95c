#include "ssh/transfer_answer.hpp"

#include "base/integer.hpp"
#include "base/strings.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::size_t sum_size = 64;

std::pair<std::string_view, std::string_view> cut(std::string_view line, char at) {
  const auto found = line.find(at);
  if (found == std::string_view::npos) return {line, {}};
  return {line.substr(0, found), line.substr(found + 1)};
}

std::string_view below(std::string_view name) {
  return name.starts_with("./") ? name.substr(2) : name;
}

// sha256sum of coreutils begins the line with a backslash when it escaped the name.
void take_sum(std::string_view line, TransferAnswer& answer) {
  const bool escaped = line.starts_with('\\');
  if (escaped) line.remove_prefix(1);
  if (line.size() < sum_size + 2 || line[sum_size] != ' ') return;
  std::string name(below(line.substr(sum_size + 2)));
  if (escaped) name = replace_all(name, "\\\\", "\\");
  answer.standing[name].sha256 = line.substr(0, sum_size);
}

void take_line(std::string_view line, TransferAnswer& answer) {
  const auto [key, rest] = cut(line, ' ');
  const auto [first, second] = cut(rest, key == "l" ? '\t' : ' ');
  if (key == "free") {
    answer.free_kibibytes = parse_integer<std::uint64_t>(first, 10);
    answer.mount = second;
  } else if (key == "l") {
    answer.standing[std::string(first)].link = second;
  } else if (key == "m") {
    answer.standing[std::string(below(second))].mode = parse_integer<unsigned>(first, 8).value_or(0);
  } else {
    take_sum(line, answer);
  }
}

} // namespace

TransferAnswer read_transfer_answer(std::string_view out) {
  TransferAnswer answer;
  for (const std::string_view line : split(out, '\n'))
    if (!line.empty()) take_line(line, answer);
  return answer;
}

bool stands_already(const TransferAnswer& answer, const HostFile& file) {
  const auto found = answer.standing.find(file.name);
  if (found == answer.standing.end()) return false;
  const Standing& now = found->second;
  if (!file.link.empty()) return now.link == file.link;
  return now.link.empty() && now.sha256 == file.sha256 && now.mode == (file.mode & 07777U);
}

} // namespace deployctl::ssh
