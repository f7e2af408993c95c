// Access tokens of Google: by a service account's key, a person's own sign-in, workload identity federation
// or the metadata server; and as another service account, if one is written. What is asked with them is
// above.
#pragma once

#include <string>

#include "cloud/identity.hpp"
#include "cloud/token.hpp"
#include "cloud/written.hpp"

namespace deployctl::gcp {

struct Settings {
  std::string credentials_file;           // JSON; empty: the usual places
  std::string workload_identity_provider; // "projects/1/locations/global/workloadIdentityPools/p/providers/x"
  cloud::Identity identity;
  std::string service_account; // that is acted as; empty: none
  std::string location;        // of regional secrets; empty: they are global
};

Settings read_settings(const cloud::Written& written);

// The scope cloud-platform. Endpoints that a credentials file names must be Google's; programs that it names
// are not run.
Result<cloud::Token> access_token(const cloud::Parts& parts, const Settings& settings,
                                  const std::stop_token& stop);

} // namespace deployctl::gcp
