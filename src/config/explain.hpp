// Documentation from the tables the validator uses: `deployctl explain SUBJECT`, its completion, and the
// reference pages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/provider.hpp>
#include <deployctl/result.hpp>

namespace deployctl::config {

// A subject is a diagnostic's code ("D0109"), an action ("host.release"), a field of one
// ("host.release.health.http"), a key of the language ("retry", "steps.strategy.rolling.batch") or
// "language". Plain text, lines of at most 80 columns. Error (not_found) with similar subjects.
Result<std::string> explain(const Catalog& catalog, std::string_view subject);

// Codes, actions and the keys of the language's maps, sorted; for completion.
std::vector<std::string> explain_subjects(const Catalog& catalog);

struct ReferencePage {
  std::string name; // "language.md"
  std::string text; // Markdown
};

// The reference: the keys of the language, one page of actions, the diagnostic codes.
std::vector<ReferencePage> reference_pages(const Catalog& catalog);

} // namespace deployctl::config
