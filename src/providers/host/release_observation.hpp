// What the observe script of host.release said, as values. Pure; its input comes from another machine.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/change.hpp>

namespace deployctl::providers::host {

// managed: current (the link), switched (the link the service was told about), digest, archive, files
// {entries: {name: {sha256, mode} | {link}}} as far as the release brought them, and drift {name: {now, was}}
// against its own listing. facts: version, answer (release_answer.hpp), free (KiB), extra (files that the
// release did not bring), unit (ActiveState), since (when the link was made), run (that made it live), kept
// (names of releases, newest first), unit_file (its text, where it was asked for; managed too), dangling,
// not_a_link.
Observation read_release(std::string_view out);

} // namespace deployctl::providers::host
