// How languages, shells and markup write a text between their quotes, or as part of a URL. For
// secret_forms.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

// JSON (all usual writers, also twice), percent-encoding, XML, shell quotes. May repeat `text` or each other.
std::vector<std::string> escapes_of(std::string_view text);

} // namespace deployctl
