// host.release: a folder or archive becomes a release on hosts, live by one atomic switch of a link, and goes
// back by the same switch. For programs and sites that run from files; single files are file.put, containers
// docker.service.
//
//   upload      to releases/.NAME.part, verified, linked to shared/, then renamed: a half release has no
//   final name preflight   the user's command in the new release; nothing is live yet switch      records
//   what is live, replaces the link `current`, tells the service; then health is awaited clean       keeps
//   the newest releases, the live one and the one before; a failure only warns
//
// A release's name follows from its content. Observe hashes what is live, so a file changed by hand shows as
// its field
// ("files.bin/app"); files that the release did not bring (caches, logs) are counted, not managed. An upload
// that died is taken up again; a switch that died before the service was told is seen by .deployctl/switched
// and finished.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers::host {

Provider make_release();

} // namespace deployctl::providers::host
