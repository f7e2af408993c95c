#include "config/explain.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/diagnostic_codes.hpp"
#include "base/field_diff.hpp"
#include "base/store_settings.hpp"
#include "base/strings.hpp"
#include "config/doc_page.hpp"
#include "config/instances.hpp"
#include "config/language.hpp"

namespace deployctl::config {
namespace {

constexpr std::string_view language_subject = "language";
constexpr std::string_view providers_subject = "providers";
constexpr std::string_view language_text =
    "The keys of a pipeline file. Every key has its own page: `deployctl explain steps.retry`, or shorter "
    "`deployctl explain retry`.";

// The field at the end of a path of names; lists, maps and shapes in between need no name.
const Field* follow(std::span<const Field> fields, std::span<const std::string_view> path) {
  const Field* found = nullptr;
  for (const std::string_view name : path) {
    found = find_field(fields, name);
    if (found == nullptr) return nullptr;
    fields = members_of(*found);
  }
  return found;
}

bool ends_with_path(std::string_view path, std::string_view tail) {
  if (path.size() < tail.size() || path.substr(path.size() - tail.size()) != tail) return false;
  return path.size() == tail.size() || path[path.size() - tail.size() - 1] == '.';
}

struct Place {
  std::string path;
  const Field* field = nullptr;
};

// Every key of the language, nearest to the top first; what an environment lays over the top level only
// there.
std::vector<Place> all_places() {
  std::vector<Place> out;
  for (const Field& field : pipeline_fields()) out.push_back({field.name, &field});
  const auto& overlay = overlay_keys();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string parent = out[i].path;
    for (const Field& field : members_of(*out[i].field)) {
      const bool repeated =
          parent == "environments" && std::find(overlay.begin(), overlay.end(), field.name) != overlay.end();
      if (!repeated) out.push_back({parent + "." + field.name, &field});
    }
  }
  return out;
}

const Description* find_action(const Catalog& catalog, std::string_view name) {
  const Provider* const provider = find_provider(catalog, name);
  return provider == nullptr ? nullptr : &provider->description;
}

// "host.release.health.http": an action's name has one dot, what follows is a path.
std::optional<DocPage> action_page(const Catalog& catalog, std::string_view subject) {
  if (const Description* const action = find_action(catalog, subject)) return page_of(*action);
  const std::vector<std::string_view> parts = split(subject, '.');
  if (parts.size() < 3) return std::nullopt;
  const Description* const action = find_action(catalog, fmt::format("{}.{}", parts[0], parts[1]));
  if (action == nullptr) return std::nullopt;
  const Field* const field = follow(action->fields, std::span(parts).subspan(2));
  return field == nullptr ? std::nullopt : std::optional(page_of(std::string(subject), *field));
}

DocSection provider_list(const Catalog& catalog) {
  DocSection section{.title = "Providers with settings", .code = {}, .rows = {}};
  for (const std::string& provider : provider_names(catalog))
    section.rows.push_back({fmt::format("{}.{}", providers_subject, provider), {}, provider_help(provider)});
  return section;
}

std::optional<DocPage> key_page(std::string_view subject) {
  std::vector<Place> fitting = all_places();
  std::erase_if(fitting, [subject](const Place& place) { return !ends_with_path(place.path, subject); });
  if (fitting.empty()) return std::nullopt;
  DocPage page = page_of(fitting.front().path, *fitting.front().field);
  DocSection others{.title = "Also", .code = {}, .rows = {}};
  for (std::size_t i = 1; i < fitting.size(); ++i) others.rows.push_back({fitting[i].path, {}, {}});
  page.sections.push_back(std::move(others));
  return page;
}

// "providers" has a list of them, "providers.vault" the settings of one, "providers.vault.address" a setting.
std::optional<DocPage> provider_page(const Catalog& catalog, std::string_view subject) {
  const std::vector<std::string_view> parts = split(subject, '.');
  if (parts.front() != providers_subject) return std::nullopt;
  if (parts.size() == 1) {
    auto page = key_page(subject);
    if (page) page->sections.push_back(provider_list(catalog));
    return page;
  }
  const std::vector<Field>* const settings = settings_of_provider(catalog, parts[1]);
  if (settings == nullptr) return std::nullopt;
  if (parts.size() == 2) return page_of_provider(std::string(parts[1]), *settings);
  const Field* const field = follow(*settings, std::span(parts).subspan(2));
  return field == nullptr ? std::nullopt : std::optional(page_of(std::string(subject), *field));
}

// What may have been meant: fields of an action that exists, else any subject.
std::vector<std::string> near_subjects(const Catalog& catalog, std::string_view subject) {
  const std::size_t dot = std::min(subject.find('.', subject.find('.') + 1), subject.size());
  const Description* const action = find_action(catalog, subject.substr(0, dot));
  if (action == nullptr || dot == subject.size()) return similar_names(subject, explain_subjects(catalog));
  std::vector<std::string> near = similar_names(subject.substr(dot + 1), field_names(action->fields));
  for (std::string& name : near) name.insert(0, action->name + ".");
  return near;
}

Error unknown_subject(const Catalog& catalog, std::string_view subject) {
  const std::vector<std::string> near = near_subjects(catalog, subject);
  return {.cause = Cause::not_found,
          .message = fmt::format("nothing is called '{}'", subject),
          .help = near.empty()
                      ? "`deployctl explain language` lists the keys, `deployctl provider list` the actions"
                      : fmt::format("a similar subject exists: '{}'", join(near, "', '"))};
}

} // namespace

Result<std::string> explain(const Catalog& catalog, std::string_view subject) {
  if (const DiagnosticCode* const code = find_diagnostic_code(subject)) return to_text(page_of(*code));
  if (subject == language_subject)
    return to_text(page_of_language("The pipeline language", std::string(language_text), pipeline_fields()));
  if (const auto page = action_page(catalog, subject)) return to_text(*page);
  if (const auto page = provider_page(catalog, subject)) return to_text(*page);
  if (const auto page = key_page(subject)) return to_text(*page);
  return fail(unknown_subject(catalog, subject));
}

std::vector<std::string> explain_subjects(const Catalog& catalog) {
  std::vector<std::string> out = {std::string(language_subject)};
  for (const DiagnosticTopic& topic : diagnostic_topics())
    for (const DiagnosticCode& code : topic.codes) out.emplace_back(code.code);
  for (const Provider& provider : catalog) out.push_back(provider.description.name);
  for (const std::string& provider : provider_names(catalog))
    out.push_back(fmt::format("{}.{}", providers_subject, provider));
  for (const Place& place : all_places()) out.push_back(place.path.substr(place.path.rfind('.') + 1));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

} // namespace deployctl::config
