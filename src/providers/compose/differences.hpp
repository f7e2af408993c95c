// How a project differs from what its live release says of itself, from what its files are now and from what
// runs, field by field. Pure.
#pragma once

#include <vector>

#include <deployctl/change.hpp>

namespace deployctl::providers::compose {

// What makes another release. `revision`: what the wanted one would say of itself (move.hpp), with secrets.
// Paths: images.SERVICE, services.SERVICE[.environment|.definition], volumes.KEY, files.NAME, env.NAME,
// env_file.
std::vector<FieldChange> release_changes(const Value& revision, const Observation& seen);
// Where the live release does not run as it was released: running.SERVICE, up.
std::vector<FieldChange> running_changes(const Observation& seen);
std::vector<FieldChange> orphan_changes(const Observation& seen);

} // namespace deployctl::providers::compose
