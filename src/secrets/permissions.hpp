// The least that a secret's store has to allow for a reference to be read, in the words of the store. For
// people who grant it; nothing here asks a store.
#pragma once

#include <string>

#include "base/secret_reference.hpp"

namespace deployctl::secrets {

struct StorePermission {
  std::string store; // "AWS Secrets Manager", "this machine"
  std::string what;  // "secretsmanager:GetSecretValue on prod/api"
};

StorePermission permission_for(const SecretReference& reference);

} // namespace deployctl::secrets
