#include "policy/lint/release_data.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// What a variable's name says when its path is written to.
constexpr std::array<std::string_view, 10> data_words = {"data",  "database", "db",      "sqlite", "upload",
                                                         "media", "storage",  "persist", "state",  "volume"};

struct Releases {
  std::string path;                // of host.release
  std::vector<std::string> shared; // first parts of names that stay
};

const yaml::Node* input(const yaml::Node& step, std::string_view name) {
  const yaml::Node* with = step.find("with");
  return with ? with->find(name) : nullptr;
}

std::string text_of(const yaml::Node* node) {
  return node && node->is_scalar() ? node->text : std::string();
}

std::string first_part(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

std::vector<Releases> releases_in(const yaml::Node& steps) {
  std::vector<Releases> all;
  for (const yaml::Entry& step : steps.entries) {
    const std::string path = text_of(input(step.value, "path"));
    if (text_of(step.value.find("uses")) != "host.release" || path.size() < 2) continue;
    Releases releases{path, {}};
    if (const yaml::Node* shared = input(step.value, "shared"))
      for (const yaml::Entry& each : shared->entries) releases.shared.push_back(first_part(each.key));
    all.push_back(std::move(releases));
  }
  return all;
}

// The name inside a release that a text speaks about, unless it is shared; empty: it speaks about none.
std::string lost_name(std::string_view text, const Releases& releases) {
  for (const std::string_view folder : {"/current/", "/releases/"}) {
    const std::size_t at = text.find(releases.path + std::string(folder));
    if (at == npos) continue;
    std::string_view name = text.substr(at + releases.path.size() + folder.size());
    if (folder == "/releases/") name = name.substr(std::min(name.find('/'), name.size() - 1) + 1);
    const std::string first = first_part(name);
    if (first.empty() ||
        std::find(releases.shared.begin(), releases.shared.end(), first) != releases.shared.end())
      continue;
    return std::string(name);
  }
  return {};
}

// Words of a name: "DATABASE_URL" has "database".
bool names_data(std::string_view name) {
  std::string words = to_lower(name);
  std::replace_if(
      words.begin(), words.end(), [](char c) { return !is_letter_or_digit(c); }, ' ');
  const auto parts = split(words, ' ');
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
    return std::any_of(data_words.begin(), data_words.end(), [&](std::string_view word) {
      return part == word || part == std::string(word) + "s";
    });
  });
}

void add(const yaml::Node& place, const std::string& name, Findings& findings) {
  findings.add(code::data_not_on_volume, {place.span.begin, std::max(place.span.begin + 1, place.span.end)},
               fmt::format("'{}' lies inside a release, and the next one does not have it", name),
               fmt::format("share it, so that it stays: shared: {{ {}: … }}", first_part(name)));
}

void check_variables(const yaml::Node* map, const std::vector<Releases>& all, Findings& findings) {
  if (!map) return;
  for (const yaml::Entry& entry : map->entries) {
    if (!entry.value.is_scalar() || !names_data(entry.key)) continue;
    for (const Releases& releases : all)
      if (const std::string name = lost_name(entry.value.text, releases); !name.empty()) {
        add(entry.value, name, findings);
        break;
      }
  }
}

void check_file(const yaml::Node& step, const std::vector<Releases>& all, Findings& findings) {
  const yaml::Node* path = input(step, "path");
  for (const Releases& releases : all)
    if (const std::string name = lost_name(text_of(path), releases); !name.empty()) {
      add(*path, name, findings);
      return;
    }
}

} // namespace

void check_release_data(const yaml::Node& steps, Findings& findings) {
  const std::vector<Releases> all = releases_in(steps);
  if (all.empty()) return;
  for (const yaml::Entry& step : steps.entries) {
    if (text_of(step.value.find("uses")) == "file.put") check_file(step.value, all, findings);
    check_variables(input(step.value, "env"), all, findings);
    const yaml::Node* systemd = input(step.value, "systemd");
    const yaml::Node* service = systemd ? systemd->find("service") : nullptr;
    check_variables(service ? service->find("env") : nullptr, all, findings);
  }
}

} // namespace deployctl::policy::lint
