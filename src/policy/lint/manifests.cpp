#include "policy/lint/manifests.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/encode.hpp"
#include "policy/lint/randomness.hpp"
#include "yaml/document.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t most_documents = 1000;

// Entries of a secret that are none.
constexpr std::array<std::string_view, 10> public_entries = {
    "username", "user", "host", "hostname", "port", "database", "dbname", "ca.crt", "tls.crt", "namespace"};

bool is_public(const yaml::Entry& entry) {
  return std::find(public_entries.begin(), public_entries.end(), entry.key) != public_entries.end();
}

bool is_value(std::string_view value) {
  return !value.empty() && !is_reference(value) && !is_placeholder(value) &&
         value.find("-----BEGIN CERTIFICATE") == npos;
}

void add(const yaml::Entry& entry, std::size_t offset, std::vector<FoundSecret>& found) {
  found.push_back({.rule = code::secret_manifest,
                   .kind = "kubernetes-secret",
                   .severity = Severity::error,
                   .what = "the value of '" + entry.key + "' in a Kubernetes secret",
                   .begin = offset + entry.value.span.begin,
                   .end = offset + entry.value.span.end});
}

void look_at(const yaml::Node& root, std::size_t offset, std::vector<FoundSecret>& found) {
  const yaml::Node* kind = root.find("kind");
  if (!kind || kind->text != "Secret" || root.find("sops")) return;
  if (const yaml::Node* data = root.find("data"))
    for (const yaml::Entry& entry : data->entries) {
      const auto decoded = from_base64(entry.value.text);
      if (entry.value.is_scalar() && !is_public(entry) && !is_reference(entry.value.text) && decoded &&
          is_value(*decoded))
        add(entry, offset, found);
    }
  if (const yaml::Node* data = root.find("stringData"))
    for (const yaml::Entry& entry : data->entries)
      if (entry.value.is_scalar() && !is_public(entry) && is_value(entry.value.text) &&
          entry.value.text.find('\n') == npos)
        add(entry, offset, found);
}

} // namespace

std::vector<FoundSecret> secrets_in_manifests(std::string_view text) {
  constexpr std::string_view separator = "\n---";
  std::vector<FoundSecret> found;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < most_documents && begin < text.size(); ++i) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    const std::string_view document = text.substr(begin, end - begin);
    if (document.find("Secret") != npos && document.find("kind") != npos) {
      const yaml::ParseOutcome outcome = yaml::parse({}, std::string(document));
      if (outcome.document) look_at(outcome.document->root, begin, found);
    }
    begin = end == text.size() ? end : std::min(text.find('\n', end + 1), text.size());
  }
  return found;
}

} // namespace deployctl::policy::lint
