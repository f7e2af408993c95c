// Turns secret references into bytes, late and once, and into versions for plans. Every value is known to the
// redactor before anyone else sees it. Parsing references is base/secret_reference.hpp.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

#include "base/redactor.hpp"
#include "secrets/sources.hpp"

namespace deployctl::secrets {

struct Declaration {
  std::string name;      // "openai_key"
  std::string reference; // "env://OPENAI_API_KEY"
  // Used by notices alone: no plan depends on it, and nothing fails for want of it.
  bool only_told = false;
};

// One declared secret, looked at: its version, or why there is none.
struct Checked {
  std::string name;
  std::string reference;
  Result<std::string> version;
  std::string kept; // how a release that uses it keeps that version
};

// Thread-safe. A secret's value is read once for all that resolve it, however many ask at the same time.
// Secrets that are empty, shorter than 4 bytes (no log could be masked of them) or missing are errors that
// name secret and reference.
class Resolver {
public:
  // `stack_key` keys the fingerprints of stores that have no versions.
  Resolver(std::vector<Declaration> declarations, Sources sources, RedactionSet& redactions,
           Secret stack_key);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // For plans: the version of each declared secret but those `only_told`, by name: its store's or "keyed:<16
  // hex>". Values are dropped at once. The error is that of the first one that has none; the others are its
  // evidence.
  Result<std::map<std::string, std::string>> versions(const std::stop_token& stop);
  // The same for all of them, in the order of declaration; for `secrets check`.
  std::vector<Checked> check(const std::stop_token& stop);
  // For plans: the value with each Secret leaf carrying its version, bound to the reference (of composed
  // ones, their parts' joined by '+'). Leaves stay references.
  Result<Value> with_versions(const Value& value, const std::stop_token& stop);
  // For effects: the value with each Secret leaf resolved, and carrying the version of what it holds.
  Result<Value> resolve(const Value& value, const std::stop_token& stop);

  // Names of resolved secrets whose value is too common a word to be masked wherever it occurs.
  [[nodiscard]] std::vector<std::string> unmaskable() const;

private:
  struct Entry;
  Entry* find(const std::string& name) const;
  std::vector<Checked> look_at(const std::vector<Entry*>& entries, const std::stop_token& stop);
  Result<std::string> version_of(Entry& entry, const std::stop_token& stop);
  Result<StoredValue> known(Entry& entry, const std::stop_token& stop);
  Result<StoredValue> read(const Entry& entry, const std::stop_token& stop) const;
  Result<StoredValue> read_source(const SecretReference& reference, const std::stop_token& stop) const;
  [[nodiscard]] std::string fingerprint(const std::string& name, const SecretBytes& value) const;
  Result<std::string> ask_version(const Entry& entry, const std::stop_token& stop) const;
  Result<std::string> leaf_version(const Secret& leaf, const std::stop_token& stop);
  Result<Secret> resolve_leaf(const Secret& leaf, const std::stop_token& stop);

  std::vector<std::unique_ptr<Entry>> entries_;
  Sources sources_;
  RedactionSet& redactions_;
  Secret stack_key_;
};

} // namespace deployctl::secrets
