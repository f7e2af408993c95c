// The reference pages of the documentation, from the same tables as everything else.
#include <fmt/core.h>

#include "base/diagnostic_codes.hpp"
#include "base/strings.hpp"
#include "config/doc_page.hpp"
#include "config/explain.hpp"
#include "config/instances.hpp"
#include "config/language.hpp"

namespace deployctl::config {
namespace {

std::string page_head(std::string_view title, std::string_view text) {
  return fmt::format("# {}\n\n{} This page is made from the tables the validator uses; `deployctl explain` "
                     "shows the same.\n",
                     title, text);
}

// A field with everything below it, one heading each.
void append_keys(std::string& out, const std::string& path, const Field& field) {
  out += "\n" + to_markdown(page_of(path, field), 2);
  for (const Field& member : members_of(field))
    if (!members_of(member).empty()) append_keys(out, path + "." + member.name, member);
}

std::string language_page() {
  std::string out = page_head("Pipeline language", "Every key of a pipeline file.");
  out += "\n" + to_markdown(page_of_language("Top level", "", pipeline_fields()), 2);
  for (const Field& field : pipeline_fields()) append_keys(out, field.name, field);
  return out;
}

std::string actions_page(const Catalog& catalog) {
  std::string out = page_head("Actions", "What `uses` may name, with inputs and outputs.");
  for (const Provider& provider : catalog) {
    out += "\n" + to_markdown(page_of(provider.description), 2);
    for (const Field& field : provider.description.fields)
      if (!members_of(field).empty())
        out += "\n" + to_markdown(page_of(provider.description.name + "." + field.name, field), 3);
  }
  return out;
}

std::string providers_page(const Catalog& catalog) {
  std::string out = page_head("Providers", "What may be written under `providers`, by provider.");
  for (const std::string& provider : provider_names(catalog))
    out += "\n" + to_markdown(page_of_provider(provider, *settings_of_provider(catalog, provider)), 2);
  return out;
}

std::string codes_page() {
  std::string out = page_head("Diagnostics", "Every mistake that deployctl reports in a pipeline.");
  for (const DiagnosticTopic& topic : diagnostic_topics()) {
    out += fmt::format("\n## {}: {}\n", topic.prefix, topic.title);
    for (const DiagnosticCode& code : topic.codes) out += "\n" + to_markdown(page_of(code), 3);
  }
  return out;
}

} // namespace

std::vector<ReferencePage> reference_pages(const Catalog& catalog) {
  return {{"language.md", language_page()},
          {"actions.md", actions_page(catalog)},
          {"providers.md", providers_page(catalog)},
          {"diagnostics.md", codes_page()}};
}

} // namespace deployctl::config
