// Reads files encrypted with SOPS, in process: data keys that age wraps, values of any type, the
// authentication code over the whole file. Reads only; writing and other keys are the business of the sops
// program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

#include "formats/age_identity.hpp"
#include "formats/sops_metadata.hpp"
#include "formats/sops_tree.hpp"

namespace deployctl::formats {

struct SopsFile {
  SopsNode data; // without the metadata
  SopsMetadata metadata;
};

// Cause::config when it is not encrypted, or not with anything this version knows.
Result<SopsFile> parse_sops(std::string_view text, SopsFormat format);

// Cause::auth, naming the recipients and what was tried, when the identities do not fit.
Result<Secret> open_sops_data_key(const SopsFile& file, std::span<const AgeIdentity> identities);

// The leaf that the tokens lead to. Cause::not_found when there is none.
Result<const SopsNode*> find_sops_value(const SopsFile& file, const std::vector<std::string>& pointer);

// Its value, after every value and the authentication code were checked; true and
// false for booleans. Cause::not_found when there is none. Wipe it.
Result<std::string> open_sops_value(const SopsFile& file, const Secret& data_key,
                                    const std::vector<std::string>& pointer);

} // namespace deployctl::formats
