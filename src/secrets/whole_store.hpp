// What stores of single values share: each value is read once, and a version is asked for without it where
// the store can tell it so.
#pragma once

#include <optional>

#include "secrets/once.hpp"
#include "secrets/remote_stores.hpp"

namespace deployctl::secrets {

class WholeStore : public Store {
public:
  Result<std::string> version(const SecretReference& reference, const std::stop_token& stop) final {
    if (const auto value = values_.known(reference.source)) return value->version;
    return versions_.get(reference.source, [&]() -> Result<std::string> {
      DEPLOYCTL_TRY(const std::optional<std::string> version, ask_version(reference, stop));
      if (version) return *version;
      return read(reference, stop).map([](const StoredValue& value) { return value.version; });
    });
  }

  Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) final {
    return values_.get(reference.source, [&] { return ask_value(reference, stop); });
  }

private:
  // None: who asks may not know it, or it cannot be told without the value.
  virtual Result<std::optional<std::string>> ask_version(const SecretReference& reference,
                                                         const std::stop_token& stop) = 0;
  virtual Result<StoredValue> ask_value(const SecretReference& reference, const std::stop_token& stop) = 0;

  ReadOnce<std::string> versions_; // by source
  ReadOnce<StoredValue> values_;
};

} // namespace deployctl::secrets
