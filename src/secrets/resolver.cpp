#include "secrets/resolver.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/wiped.hpp"

namespace deployctl::secrets {
namespace {

constexpr std::size_t shortest_value = 4; // bytes; the redactor masks nothing shorter
constexpr std::size_t fingerprint_digits =
    16;                            // of HMAC-SHA-256: enough to see a change, keyed against guessing
constexpr std::size_t at_once = 8; // references read in parallel
constexpr std::string_view keyed = "keyed:";
constexpr std::size_t reference_digits = 8;

Status check_value(std::string_view value) {
  if (value.empty()) return fail(Cause::config, "its value is empty");
  if (value.size() >= shortest_value) return {};
  return fail(Cause::config,
              fmt::format("its value has {} bytes, fewer than {}", value.size(), shortest_value),
              "so short a value cannot be kept out of logs without blanking half of them; if it is no "
              "secret, make it a var");
}

// What releases keep: of another reference the version "1" is another one. A fingerprint is the value's own.
std::string kept_version(const std::string& version, const std::string& reference) {
  if (version.starts_with(keyed)) return version;
  return version + "~" + sha256_hex(reference).substr(0, reference_digits);
}

Error named(Error error, const Declaration& secret) {
  error.message = fmt::format("secret '{}' ({}): {}", secret.name, secret.reference, error.message);
  return error;
}

} // namespace

struct Resolver::Entry {
  Declaration declaration;
  std::mutex mutex;                 // held while reading: whoever comes meanwhile waits for the one read
  std::string version;              // empty: not asked yet
  std::optional<StoredValue> known; // once resolved
  Maskable maskable = Maskable::anywhere;
};

Resolver::Resolver(std::vector<Declaration> declarations, Sources sources, RedactionSet& redactions,
                   Secret stack_key)
    : sources_(std::move(sources)), redactions_(redactions), stack_key_(std::move(stack_key)) {
  for (Declaration& declaration : declarations) {
    entries_.push_back(std::make_unique<Entry>());
    entries_.back()->declaration = std::move(declaration);
  }
}

Resolver::~Resolver() = default;

Resolver::Entry* Resolver::find(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry->declaration.name == name; });
  return found == entries_.end() ? nullptr : found->get();
}

Result<StoredValue> Resolver::read_source(const SecretReference& reference,
                                          const std::stop_token& stop) const {
  if (Store* store = sources_.stores ? sources_.stores->find(reference) : nullptr)
    return store->read(reference, stop);
  DEPLOYCTL_TRY(std::string text, read_value(reference, sources_, stop));
  const Wiped value(std::move(text));
  return StoredValue{.bytes = std::make_shared<const SecretBytes>(*value), .version = ""};
}

// Stands for a version where there is none.
std::string Resolver::fingerprint(const std::string& name, const SecretBytes& value) const {
  Wiped message;
  message->reserve(name.size() + 1 + value.view().size());
  *message += name; // so that equal values of two secrets do not show as equal
  *message += '\0';
  *message += value.view();
  return std::string(keyed) + hmac_sha256(stack_key_, *message).hex().substr(0, fingerprint_digits);
}

// Reads the reference and checks what it gives.
Result<StoredValue> Resolver::read(const Entry& entry, const std::stop_token& stop) const {
  const auto found = [&]() -> Result<StoredValue> {
    DEPLOYCTL_TRY(const SecretReference reference, parse_secret_reference(entry.declaration.reference));
    DEPLOYCTL_TRY(StoredValue value, read_source(reference, stop));
    DEPLOYCTL_CHECK(check_value(value.bytes->view()));
    if (value.version.empty()) value.version = fingerprint(entry.declaration.name, *value.bytes);
    return value;
  };
  return found().map_error([&entry](Error error) { return named(std::move(error), entry.declaration); });
}

// Of a store without its value; else the value is read for its fingerprint.
Result<std::string> Resolver::ask_version(const Entry& entry, const std::stop_token& stop) const {
  const auto reference = parse_secret_reference(entry.declaration.reference);
  Store* store = reference && sources_.stores ? sources_.stores->find(*reference) : nullptr;
  if (store) {
    auto version = store->version(*reference, stop);
    if (!version) return fail(named(std::move(version).error(), entry.declaration));
    if (!version->empty()) return version;
  }
  DEPLOYCTL_TRY(const StoredValue value, read(entry, stop));
  return value.version;
}

Result<std::string> Resolver::version_of(Entry& entry, const std::stop_token& stop) {
  const std::lock_guard lock(entry.mutex);
  if (entry.known) return entry.known->version;
  if (entry.version.empty()) {
    DEPLOYCTL_TRY(entry.version, ask_version(entry, stop));
  }
  return entry.version;
}

Result<StoredValue> Resolver::known(Entry& entry, const std::stop_token& stop) {
  const std::lock_guard lock(entry.mutex);
  if (!entry.known) {
    DEPLOYCTL_TRY(const StoredValue known, read(entry, stop));
    const Secret secret = Secret::reference(entry.declaration.name, known.version);
    entry.maskable = redactions_.add(secret.resolved_with(known.bytes->view()));
    entry.known = known;
  }
  return *entry.known;
}

std::vector<Checked> Resolver::look_at(const std::vector<Entry*>& entries, const std::stop_token& stop) {
  std::vector<Checked> results;
  results.reserve(entries.size());
  for (const Entry* entry : entries)
    results.push_back(
        {entry->declaration.name, entry->declaration.reference, fail(Cause::cancelled, "stopped"), {}});
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < entries.size() && !stop.stop_requested(); i = next++) {
      Checked& checked = results[i];
      checked.version = version_of(*entries[i], stop);
      if (checked.version) checked.kept = kept_version(*checked.version, checked.reference);
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(at_once, entries.size()); ++i) others.emplace_back(work);
  work();
  others.clear();
  return results;
}

std::vector<Checked> Resolver::check(const std::stop_token& stop) {
  std::vector<Entry*> all;
  for (const auto& entry : entries_) all.push_back(entry.get());
  return look_at(all, stop);
}

Result<std::map<std::string, std::string>> Resolver::versions(const std::stop_token& stop) {
  std::vector<Entry*> wanted;
  for (const auto& entry : entries_)
    if (!entry->declaration.only_told) wanted.push_back(entry.get());
  std::map<std::string, std::string> versions;
  std::optional<Error> first;
  for (Checked& checked : look_at(wanted, stop)) {
    if (checked.version)
      versions.emplace(checked.name, *std::move(checked.version));
    else if (!first)
      first = std::move(checked.version).error();
    else
      first->evidence.push_back(checked.version.error().message);
  }
  if (first) return fail(*std::move(first));
  return versions;
}

Result<std::string> Resolver::leaf_version(const Secret& leaf, const std::stop_token& stop) {
  std::string version;
  for (const Secret::Part& part : leaf.parts()) {
    if (part.name.empty()) continue;
    Entry* entry = find(part.name);
    if (!entry) return fail(Cause::internal, fmt::format("the secret '{}' is not declared", part.name));
    DEPLOYCTL_TRY(const std::string one, version_of(*entry, stop));
    version += (version.empty() ? "" : "+") + kept_version(one, entry->declaration.reference);
  }
  return version;
}

Result<Secret> Resolver::resolve_leaf(const Secret& leaf, const std::stop_token& stop) {
  Wiped bytes;
  std::string version;
  for (const Secret::Part& part : leaf.parts()) {
    if (part.name.empty()) {
      *bytes += part.literal;
      continue;
    }
    Entry* entry = find(part.name);
    if (!entry) return fail(Cause::internal, fmt::format("the secret '{}' is not declared", part.name));
    DEPLOYCTL_TRY(const StoredValue one, known(*entry, stop));
    *bytes += one.bytes->view();
    version += (version.empty() ? "" : "+") + kept_version(one.version, entry->declaration.reference);
  }
  Secret resolved = leaf.resolved_with(*bytes).with_version(version);
  // Its parts are masked already; the whole is what an encoder sees.
  if (leaf.parts().size() > 1) redactions_.add(resolved);
  return resolved;
}

Result<Value> Resolver::with_versions(const Value& value, const std::stop_token& stop) {
  Status status;
  Value out = map_secrets(value, [&](const Secret& leaf) -> Value {
    if (!status) return leaf;
    const auto version = leaf_version(leaf, stop);
    if (version) return leaf.with_version(*version);
    status = fail(version.error());
    return leaf;
  });
  if (!status) return fail(std::move(status).error());
  return out;
}

Result<Value> Resolver::resolve(const Value& value, const std::stop_token& stop) {
  Status status;
  Value out = map_secrets(value, [&](const Secret& leaf) -> Value {
    if (!status) return leaf;
    auto resolved = resolve_leaf(leaf, stop);
    if (resolved) return *std::move(resolved);
    status = fail(resolved.error());
    return leaf;
  });
  if (!status) return fail(std::move(status).error());
  return out;
}

std::vector<std::string> Resolver::unmaskable() const {
  std::vector<std::string> names;
  for (const auto& entry : entries_) {
    const std::lock_guard lock(entry->mutex);
    if (entry->maskable == Maskable::common_word || entry->maskable == Maskable::too_short)
      names.push_back(entry->declaration.name);
  }
  return names;
}

} // namespace deployctl::secrets
