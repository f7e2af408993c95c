// SHA-1, for names and digests that others chose long ago. Never for anything that has to hold.
#pragma once

#include <string>
#include <string_view>

namespace deployctl {

std::string sha1_hex(std::string_view bytes); // 40 characters, lower case

} // namespace deployctl
