// What a file is, by its name: which rules look at it.
#pragma once

#include <string_view>

namespace deployctl::policy::lint {

enum class FileKind {
  other,
  pipeline,
  dockerfile,
  dockerignore,
  compose,
  dotenv,
  workflow,
  script,
  manifest,
  key
};

// By its path. `pipeline` is for the caller to say: any name can be one.
FileKind kind_of(std::string_view path);

// Whether the name says that it is for production: ".env.production", "compose.prod.yaml", "prod/.env".
bool is_for_production(std::string_view path);

} // namespace deployctl::policy::lint
