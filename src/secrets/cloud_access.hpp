// The way into one instance of a store in a cloud: its settings, read on first use, and a token that is got
// by them. What is asked is each store's own.
#pragma once

#include <memory>

#include "cloud/token.hpp"
#include "cloud/written.hpp"
#include "secrets/once.hpp"
#include "secrets/remote_stores.hpp"

namespace deployctl::secrets {

// Thread-safe.
template <class Settings>
class CloudAccess {
public:
  using ReadSettings = Settings (*)(const cloud::Written&);
  using AskToken = Result<cloud::Token> (*)(const cloud::Parts&, const Settings&, const std::stop_token&);

  CloudAccess(const StoreSetup& setup, ReadSettings read, AskToken ask_token)
      : instance_(setup.instance), parts_(setup.parts), read_(read),
        tokens_(parts_.parts, [this, ask_token](const std::stop_token& stop) -> Result<cloud::Token> {
          DEPLOYCTL_TRY(const Settings* found, settings());
          return ask_token(parts_.parts, *found, stop);
        }) {}
  CloudAccess(const CloudAccess&) = delete;
  CloudAccess& operator=(const CloudAccess&) = delete;

  Result<const Settings*> settings() {
    return settings_.get([this]() -> Result<std::unique_ptr<const Settings>> {
      DEPLOYCTL_TRY(const Value written, parts_.settings(instance_));
      return std::make_unique<const Settings>(read_(cloud::Written(written, parts_.parts)));
    });
  }
  Result<cloud::Answer> exchange(const cloud::Question& asked, const std::stop_token& stop) {
    return tokens_.exchange(asked, stop);
  }
  Result<WipedValue> ask(const cloud::Question& asked, const std::stop_token& stop) {
    return tokens_.ask(asked, stop);
  }

private:
  const std::string instance_;
  const RemoteParts parts_;
  const ReadSettings read_;
  cloud::TokenSource tokens_;
  OpenOnce<const Settings> settings_;
};

} // namespace deployctl::secrets
