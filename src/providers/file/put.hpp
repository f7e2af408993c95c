// file.put: one file on hosts, with its bytes, mode and owner. For configuration and credentials; whole
// folders are host.release.
//
// Plain bytes are compared by SHA-256. A secret's bytes are not: a plain hash of a short secret gives it
// away, so neither hash nor bytes leave the host. Beside the file, in `.deployctl/` (0700), stands a note
// with the secret's reference digest and version, a random salt, and the SHA-256 of salt and bytes; observe
// asks the host whether the file still fits its note, and compares only reference and version. Before a
// change the old file is copied there too, which is what a revert puts back.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers::file {

Provider make_put();

} // namespace deployctl::providers::file
