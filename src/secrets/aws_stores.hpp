// Secrets Manager and the Parameter Store of AWS as secret stores.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

#include "cloud/aws/account.hpp"
#include "secrets/store.hpp"

namespace deployctl::secrets {

struct AwsParts {
  std::function<aws::ChainParts()> chain; // for each instance
  const aws::Environment& environment;
  // What stands under `providers` for an instance; an empty map when nothing does.
  std::function<Value(const std::string& instance)> settings;
};

// A store for each instance that one of the references means. Those references are read together; others may
// be asked for all the same.
void add_aws_stores(Stores& stores, const std::vector<SecretReference>& references, const AwsParts& parts);

} // namespace deployctl::secrets
