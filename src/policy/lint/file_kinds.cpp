#include "policy/lint/file_kinds.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/glob.hpp"
#include "base/strings.hpp"

namespace deployctl::policy::lint {
namespace {

struct Row {
  std::string_view glob; // of the name, or with '/' of the whole path
  FileKind kind;
};

// The first that fits.
constexpr std::array rows = {
    Row{"**/.github/workflows/*", FileKind::workflow},
    Row{"**/.forgejo/workflows/*", FileKind::workflow},
    Row{"**/.gitea/workflows/*", FileKind::workflow},
    Row{".gitlab-ci.yml", FileKind::workflow},
    Row{"*.dockerignore", FileKind::dockerignore},
    Row{".dockerignore", FileKind::dockerignore},
    Row{"dockerfile", FileKind::dockerfile},
    Row{"containerfile", FileKind::dockerfile},
    Row{"dockerfile.*", FileKind::dockerfile},
    Row{"*.dockerfile", FileKind::dockerfile},
    Row{"compose.y*ml", FileKind::compose},
    Row{"compose.*.y*ml", FileKind::compose},
    Row{"docker-compose*.y*ml", FileKind::compose},
    Row{".env", FileKind::dotenv},
    Row{".env.*", FileKind::dotenv},
    Row{"*.env", FileKind::dotenv},
    Row{"*.sh", FileKind::script},
    Row{"*.bash", FileKind::script},
    Row{"*.zsh", FileKind::script},
    Row{"*.ps1", FileKind::script},
    Row{"makefile", FileKind::script},
    Row{"*.pem", FileKind::key},
    Row{"*.key", FileKind::key},
    Row{"id_rsa", FileKind::key},
    Row{"id_ecdsa", FileKind::key},
    Row{"id_ed25519", FileKind::key},
    Row{".npmrc", FileKind::key},
    Row{".pypirc", FileKind::key},
    Row{".netrc", FileKind::key},
    Row{"**/.docker/config.json", FileKind::key},
    Row{".dockerconfigjson", FileKind::key},
    Row{"*.y*ml", FileKind::manifest},
};

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1); // npos + 1 is the begin
}

} // namespace

FileKind kind_of(std::string_view path) {
  const std::string whole = to_lower(path);
  const std::string name(name_of(whole));
  const auto fits = [&](const Row& row) {
    return glob_matches(row.glob, row.glob.find('/') == std::string_view::npos ? name : whole);
  };
  const auto row = std::find_if(rows.begin(), rows.end(), fits);
  return row == rows.end() ? FileKind::other : row->kind;
}

bool is_for_production(std::string_view path) {
  std::string lower = to_lower(path);
  std::replace_if(
      lower.begin(), lower.end(), [](char c) { return !is_letter_or_digit(c); }, ' ');
  const auto words = split(lower, ' ');
  return std::any_of(words.begin(), words.end(),
                     [](std::string_view word) { return word == "prod" || word == "production"; });
}

} // namespace deployctl::policy::lint
