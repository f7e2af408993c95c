// The stores that are asked over HTTP, apart from those of AWS: one object for each instance that a reference
// means.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

#include "cloud/kube/session.hpp"
#include "cloud/rest.hpp"
#include "secrets/aws_stores.hpp"
#include "secrets/store.hpp"

namespace deployctl::secrets {

struct RemoteParts {
  cloud::Parts parts;
  // What stands under `providers` for an instance, with its secrets; an empty map when nothing does.
  std::function<Result<Value>(const std::string& instance)> settings;
  kube::MakeHttp make_http;
  AwsParts aws; // for logging in to Vault by one's identity in AWS
};

void add_remote_stores(Stores& stores, const std::vector<SecretReference>& references,
                       const RemoteParts& parts);

// What a store is made of: its instance, and the references that mean it.
struct StoreSetup {
  std::string instance;
  std::vector<SecretReference> references;
  RemoteParts parts;
};

std::unique_ptr<Store> make_azure(const StoreSetup& setup);
std::unique_ptr<Store> make_doppler(const StoreSetup& setup);
std::unique_ptr<Store> make_google(const StoreSetup& setup);
std::unique_ptr<Store> make_kube(const StoreSetup& setup);
std::unique_ptr<Store> make_one_password(const StoreSetup& setup);
std::unique_ptr<Store> make_vault(const StoreSetup& setup);

// A member of a secret that is a map: text or a whole number. `whole`: how errors name it.
Result<std::shared_ptr<const SecretBytes>> member_bytes(const Value& whole, const std::string& key);

} // namespace deployctl::secrets
