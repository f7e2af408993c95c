// Providers that are more than their actions: secret stores and the way to hosts take their settings from
// `providers:` too. Which schemes belong to which provider, and what may be written for it. Data only.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <deployctl/field.hpp>

#include "base/secret_reference.hpp"

namespace deployctl {

struct StoreSettings {
  std::string_view provider;             // "aws"
  std::string_view help;                 // one sentence: what they are for
  std::vector<std::string_view> schemes; // "aws-sm", "aws-ssm"
  std::vector<Field> fields;             // all optional
  bool is_named_by_path = false;         // "main" in vault://main/… is the instance vault.main
};

std::span<const StoreSettings> store_settings();
const StoreSettings* find_store_settings(std::string_view provider);
const StoreSettings* find_store_of_scheme(std::string_view scheme);
// The instance under `providers` that a reference means; empty: its scheme has no stores.
std::string instance_of(const SecretReference& reference);

} // namespace deployctl
