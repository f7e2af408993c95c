// The secret stores that the pipeline's references mean, over the real ports.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/http.hpp>
#include <deployctl/ports/processes.hpp>

#include "base/redactor.hpp"
#include "config/pipeline.hpp"
#include "net/http.hpp"
#include "secrets/resolver.hpp"
#include "secrets/sources.hpp"
#include "secrets/store.hpp"

namespace deployctl::cli {

// All of them outlive the stores.
struct StorePorts {
  Http& http;
  Processes& processes;
  Clock& clock;
  Random& random;
  const std::map<std::string, std::string, std::less<>>& environment;
  RedactionSet& redactions;
  std::string directory; // the pipeline's
  net::HttpSettings http_settings;
  secrets::AgeIdentityCache* identities; // of the run
  secrets::SopsFileCache* sops_files;
};

// What the resolver is told of the pipeline's secrets.
std::vector<secrets::Declaration> secret_declarations(const config::Pipeline& pipeline);

secrets::Stores make_stores(const config::Pipeline& pipeline, const StorePorts& ports);

} // namespace deployctl::cli
