// Secret stores that are asked over the network and know versions of what they keep. One object per provider
// instance and scheme, for one run. What is read locally, once and without versions, is sources.hpp.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

#include "base/secret_reference.hpp"

namespace deployctl::secrets {

struct StoredValue {
  std::shared_ptr<const SecretBytes> bytes;
  std::string version;
};

// The version of what a store makes whenever it is read, and takes back after the run.
inline constexpr std::string_view leased_version = "leased";

// Thread-safe. Each secret is read once, together with the others of the store where that can be done.
class Store {
public:
  virtual ~Store() = default;
  // The version that is current, without the value where the store can tell it so. Empty, and so in what is
  // read: the store has none, and the value's fingerprint stands for it.
  virtual Result<std::string> version(const SecretReference& reference, const std::stop_token& stop) = 0;
  virtual Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) = 0;
};

// By scheme and instance.
class Stores {
public:
  void add(const std::string& scheme, const std::string& instance, std::unique_ptr<Store> store);
  // Null: the reference is no matter of a store here.
  [[nodiscard]] Store* find(const SecretReference& reference) const;

private:
  std::map<std::string, std::unique_ptr<Store>> stores_;
};

} // namespace deployctl::secrets
