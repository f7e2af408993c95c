#include "secrets/remote_stores.hpp"

#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/store_settings.hpp"

namespace deployctl::secrets {
namespace {

struct Maker {
  std::string_view scheme;
  std::unique_ptr<Store> (*make)(const StoreSetup&);
};
constexpr std::array<Maker, 6> makers = {{{"vault", make_vault},
                                          {"gcp-sm", make_google},
                                          {"azure-kv", make_azure},
                                          {"doppler", make_doppler},
                                          {"k8s", make_kube},
                                          {"op", make_one_password}}};

} // namespace

void add_remote_stores(Stores& stores, const std::vector<SecretReference>& references,
                       const RemoteParts& parts) {
  for (const Maker& maker : makers) {
    std::map<std::string, std::vector<SecretReference>> wanted; // by instance
    for (const SecretReference& reference : references)
      if (reference.scheme == maker.scheme) wanted[instance_of(reference)].push_back(reference);
    for (auto& [instance, its] : wanted)
      stores.add(std::string(maker.scheme), instance,
                 maker.make({.instance = instance, .references = std::move(its), .parts = parts}));
  }
}

Result<std::shared_ptr<const SecretBytes>> member_bytes(const Value& whole, const std::string& key) {
  const Value* found = whole.find(key);
  if (!found) return fail(Cause::not_found, fmt::format("it has nothing at '#{}'", key));
  if (found->text()) return std::make_shared<const SecretBytes>(*found->text());
  if (found->get<std::int64_t>()) return std::make_shared<const SecretBytes>(to_json(*found));
  return fail(Cause::config, fmt::format("what it has at '#{}' is neither text nor a whole number", key));
}

} // namespace deployctl::secrets
