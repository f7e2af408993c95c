// Why a host cannot take a release, known before anything is sent: another architecture, too little room, no
// systemd. Pure. What only shows when it is tried is the business of each stage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/result.hpp>

#include "providers/host/release_inputs.hpp"
#include "providers/host_facts.hpp"

namespace deployctl::providers::host {

// What an upload needs at most: every byte once, and as much again to unpack an archive.
std::int64_t needed_kibibytes(const ReleaseInputs& inputs);

// `seen` as read_release gives it. Empty: nothing stands in the way.
std::vector<std::string> release_blocks(const ReleaseInputs& inputs, const Observation& seen,
                                        const HostFacts& facts);
// Cause::permission: sudo would refuse to let the unit be told.
Status check_sudo(const ReleaseInputs& inputs, const Observation& seen, const std::string& host);

} // namespace deployctl::providers::host
