#include "config/secrets.hpp"

#include <map>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/secret_reference.hpp"
#include "config/language.hpp"
#include "config/shape.hpp"

namespace deployctl::config {

namespace {

std::string scheme_in(std::string_view text) {
  return std::string(text.substr(0, text.find("://")));
}

// The error never repeats the text: someone may have written the secret itself.
void check_reference(const std::string& text, Span span, Instances& instances, Findings& findings) {
  const auto parsed = parse_secret_reference(text);
  const auto* scheme = text.find("://") == std::string::npos ? nullptr : find_secret_scheme(scheme_in(text));
  if (scheme && !in_this_version(scheme->since))
    report_later(findings, "D0904", span, fmt::format("secret store '{}://'", scheme->name));
  if (parsed) return instances.choose_store(*parsed, span);
  findings.error(scheme ? "D0702" : "D0701", span, parsed.error().message,
                 scheme ? "malformed" : "not a reference", parsed.error().help);
}

std::optional<std::string> text_of(const Spanned& written) {
  if (written.kind == Spanned::Kind::text) return written.text;
  if (written.kind == Spanned::Kind::leaf && written.value.text()) return *written.value.text();
  return std::nullopt;
}

} // namespace

std::vector<SecretDeclaration> read_secrets(const yaml::Node& merged, Scope& scope, const Reader& reader,
                                            Instances& instances, Knowledge knowledge, Findings& findings) {
  std::vector<SecretDeclaration> out;
  const auto* secrets = merged.find("secrets");
  if (!secrets) return out;
  const auto is_used = [&](const yaml::Entry& entry) {
    return knowledge == Knowledge::offline || scope.used_secrets().contains(entry.key);
  };
  std::set<std::size_t> looked_at;
  std::map<std::size_t, SecretDeclaration> found; // in the order of the file
  // A store that is used may take its own credentials from a secret, which is used by that.
  for (std::size_t before = 1; before != looked_at.size();) {
    before = looked_at.size();
    for (std::size_t i = 0; i < secrets->entries.size(); ++i) {
      const auto& entry = secrets->entries[i];
      if (!is_used(entry) || !looked_at.insert(i).second) continue;
      const auto written =
          reader.read(entry.value, nullptr, scope.names({.allowed = roots::store, .knowledge = knowledge}));
      const auto reference = text_of(written);
      if (!reference) continue; // not known, or the table said so already
      check_reference(*reference, entry.value.span, instances, findings);
      found.emplace(i,
                    SecretDeclaration{.name = entry.key, .reference = *reference, .span = entry.value.span});
    }
  }
  for (auto& [place, secret] : found) out.push_back(std::move(secret));
  return out;
}

} // namespace deployctl::config
