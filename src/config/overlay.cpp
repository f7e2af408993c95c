#include "config/overlay.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include <fmt/core.h>

#include "config/language.hpp"

namespace deployctl::config {

namespace {

// What decides how a map's members are laid over each other.
enum class Level { root, section, step, free };

struct Section {
  std::string_view key;
  Level entries; // of the map's entries
};

// Sections whose entries are steps or gates; the others merge freely.
constexpr std::array<Section, 2> sections = {{{"steps", Level::step}, {"gates", Level::step}}};

struct Overlay {
  Findings& findings;

  void lay_map(yaml::Node& base, const yaml::Node& over, Level level);
  void lay_entry(yaml::Node& base, yaml::Entry* existing, const yaml::Entry& over, Level level);
};

Level below(Level level, std::string_view key) {
  if (level == Level::section) return Level::step;
  if (level != Level::root) return Level::free;
  const auto* const found =
      std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.key == key; });
  return found == sections.end() ? Level::free : Level::section;
}

bool changes_action(const yaml::Node& base, const yaml::Node& over) {
  const auto* before = base.find("uses");
  const auto* after = over.find("uses");
  return before && after && after->text != before->text;
}

yaml::Node empty_like(const yaml::Node& map) {
  yaml::Node node = map;
  node.entries.clear();
  return node;
}

void Overlay::lay_entry(yaml::Node& base, yaml::Entry* existing, const yaml::Entry& over, Level level) {
  if (over.value.is_null()) {
    if (!existing && !over.value.broken)
      findings.warning("D0208", over.key_span, fmt::format("'{}' removes nothing: it is not there", over.key),
                       "null in an environment removes a key of the top level");
    return; // lay_map removes it
  }
  const bool replaces = level == Level::step && over.key == "strategy";
  if (existing && existing->value.is_map() && over.value.is_map() && !replaces) {
    lay_map(existing->value, over.value, below(level, over.key));
    return;
  }
  yaml::Entry added = over;
  if (added.value.is_map()) { // laid over nothing, so that nulls in it are found
    added.value = empty_like(over.value);
    lay_map(added.value, over.value, below(level, over.key));
  }
  if (existing)
    *existing = std::move(added);
  else
    base.entries.push_back(std::move(added));
}

void Overlay::lay_map(yaml::Node& base, const yaml::Node& over, Level level) {
  if (level == Level::step && changes_action(base, over))
    std::erase_if(base.entries, [](const yaml::Entry& entry) { return entry.key == "with"; });
  std::unordered_map<std::string, std::size_t> index; // by key: maps may be large
  for (std::size_t i = 0; i < base.entries.size(); ++i) index.emplace(base.entries[i].key, i);
  std::unordered_set<std::string> removed;
  for (const auto& entry : over.entries) {
    const auto found = index.find(entry.key);
    lay_entry(base, found == index.end() ? nullptr : &base.entries[found->second], entry, level);
    if (entry.value.is_null()) removed.insert(entry.key);
  }
  if (!removed.empty())
    std::erase_if(base.entries, [&](const yaml::Entry& entry) { return removed.contains(entry.key); });
}

} // namespace

yaml::Node overlaid(const yaml::Node& root, const yaml::Node& environment, Findings& findings) {
  yaml::Node base = root;
  std::erase_if(base.entries, [](const yaml::Entry& entry) { return entry.key == "environments"; });
  yaml::Node over = environment;
  const auto& keys = overlay_keys();
  std::erase_if(over.entries, [&](const yaml::Entry& e) {
    return std::find(keys.begin(), keys.end(), e.key) == keys.end();
  });
  if (environment.is_map()) Overlay{findings}.lay_map(base, over, Level::root);
  return base;
}

} // namespace deployctl::config
