// A token by which this job proves to others who it is, signed by who runs it: by GitHub (or Forgejo) for a
// job of Actions, or in a file that a platform renews. Who believes it gives credentials for it.
#pragma once

#include "cloud/rest.hpp"

namespace deployctl::cloud {

struct Identity {
  std::string from;     // "github"; empty: `file`
  std::string file;     // read anew each time
  std::string audience; // for whom, asked of GitHub
};

// Good for minutes: asked for just before it is used. Already known to the redactor.
Result<Secret> identity_token(const Parts& parts, const Identity& identity, const std::stop_token& stop);

} // namespace deployctl::cloud
