// What `doctor` looks at: this machine, and per environment its hosts, registries and secrets. Each check
// says what it found or why it could not; none changes anything and none stops the others.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/error.hpp>

#include "cli/wiring.hpp"

namespace deployctl::cli {

enum class Health { good, warning, bad };

struct Finding {
  std::string area;    // "pipeline", "git", "state", "host", "registry", "secret"
  std::string subject; // "production", "app-1", "ghcr.io/team/app"
  Health health = Health::good;
  std::string detail;         // "Linux x86_64, 12 GiB free"
  std::optional<Error> error; // of a bad one
};

Finding bad(std::string area, std::string subject, Error error);

// Programs, repository, records and the disk they stand on.
std::vector<Finding> check_machine(const Invocation& invocation, const Project& project);

// Everything that the environment reaches over the network, several at once.
std::vector<Finding> check_environment_reach(const Invocation& invocation, Wiring& wiring);

// done; denied when all that is bad is authentication or permission, else failed.
ExitCode exit_code_of(const std::vector<Finding>& findings);

} // namespace deployctl::cli
