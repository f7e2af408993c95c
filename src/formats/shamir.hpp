// Puts a secret together from shares (Shamir, over the field of AES), as SOPS and Vault divide theirs.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace deployctl::formats {

// A share is the value of a polynomial for each byte, and behind them the place where they were taken.
// Nothing when the shares do not fit together: lengths differ, or two are of one place. Too few shares, or
// wrong ones, give a wrong secret. Wipe it.
std::optional<std::string> combine_shares(std::span<const std::string> shares);

} // namespace deployctl::formats
