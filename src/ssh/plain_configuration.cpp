#include "ssh/plain_configuration.hpp"

#include <algorithm>
#include <array>

#include <glob.h>
#include <pwd.h>
#include <unistd.h>

#include "base/strings.hpp"
#include "os/files.hpp"

namespace deployctl::ssh {
namespace {

constexpr int deepest = 16; // as ssh has it
constexpr std::size_t longest_file = 1U << 20;

bool speaks_of_ways(std::string_view text) {
  const std::string lower = to_lower(text);
  return lower.find("proxyjump") != std::string::npos || lower.find("hostname") != std::string::npos;
}

bool is_plain_file(const ConfigurationFile& file, int depth);

class Matches { // of a pattern of file names
public:
  explicit Matches(const std::string& pattern) : code_(::glob(pattern.c_str(), 0, nullptr, &found_)) {}
  ~Matches() { ::globfree(&found_); }
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;

  [[nodiscard]] bool is_known() const { return code_ == 0 || code_ == GLOB_NOMATCH; }
  [[nodiscard]] std::vector<std::string> paths() const {
    return code_ == 0 ? std::vector<std::string>(found_.gl_pathv, found_.gl_pathv + found_.gl_pathc)
                      : std::vector<std::string>();
  }

private:
  glob_t found_{};
  int code_;
};

// The words behind Include. Quotes, tokens and home folders are left to ssh.
bool is_plain_include(std::string_view words, const std::string& folder, int depth) {
  if (words.find_first_of("\"'%$~\\") != std::string_view::npos) return false;
  for (const std::string_view word : split(words, ' ')) {
    if (word.empty()) continue;
    const Matches matches(word.starts_with('/') ? std::string(word) : folder + "/" + std::string(word));
    if (!matches.is_known()) return false;
    const auto paths = matches.paths();
    const auto is_plain = [&](const std::string& path) { return is_plain_file({path, folder}, depth + 1); };
    if (!std::all_of(paths.begin(), paths.end(), is_plain)) return false;
  }
  return true;
}

bool is_plain_line(std::string_view line, const std::string& folder, int depth) {
  constexpr std::string_view include = "include";
  const std::string text = replace_all(replace_all(trim(line), "\t", " "), "=", " ");
  if (text.starts_with('#')) return true;
  if (speaks_of_ways(text)) return false;
  if (!to_lower(text).starts_with(include)) return true;
  return is_plain_include(std::string_view(text).substr(include.size()), folder, depth);
}

bool is_plain_file(const ConfigurationFile& file, int depth) {
  const auto text = os::read_file(file.path, longest_file);
  if (!text) return text.error().cause == Cause::not_found;
  if (depth > deepest) return false;
  const auto lines = split(*text, '\n');
  return std::all_of(lines.begin(), lines.end(),
                     [&](std::string_view line) { return is_plain_line(line, file.include_folder, depth); });
}

} // namespace

std::vector<ConfigurationFile> configuration_files(const Client& client, const std::string& home) {
  const std::string own = home + "/.ssh";
  if (!client.config_file.empty()) return {{client.config_file, own}};
  return {{own + "/config", own}, {"/etc/ssh/ssh_config", "/etc/ssh"}};
}

bool is_plain_configuration(const Client& client, const std::vector<ConfigurationFile>& files) {
  return std::none_of(client.options.begin(), client.options.end(), speaks_of_ways) &&
         std::all_of(files.begin(), files.end(),
                     [](const ConfigurationFile& file) { return is_plain_file(file, 0); });
}

std::string login_home() {
  std::array<char, 16'384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found) return {};
  return found->pw_dir;
}

} // namespace deployctl::ssh
