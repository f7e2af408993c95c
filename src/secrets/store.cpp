#include "secrets/store.hpp"

#include "base/store_settings.hpp"

namespace deployctl::secrets {
namespace {

std::string key_of(const std::string& scheme, const std::string& instance) {
  return scheme + "\n" + instance;
}

} // namespace

void Stores::add(const std::string& scheme, const std::string& instance, std::unique_ptr<Store> store) {
  stores_.insert_or_assign(key_of(scheme, instance), std::move(store));
}

Store* Stores::find(const SecretReference& reference) const {
  const auto found = stores_.find(key_of(reference.scheme, instance_of(reference)));
  return found == stores_.end() ? nullptr : found->second.get();
}

} // namespace deployctl::secrets
