// Names below an open directory, reached without following a link: for writing what others named. For the
// sources of os.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::os {

std::string directory_of(const std::string& name); // "a/b" of "a/b/c", "" of "c"

// Relative, without "", "." and "..", and without control characters: those are no part of lists of names.
bool is_name_below(std::string_view name);

// The directory `path` below `root`, made where it is missing; a link on the way is refused. "" is the root
// itself.
Result<Descriptor> open_below(const Descriptor& root, const std::string& path);

Status write_all(const Descriptor& file, std::string_view bytes, const std::string& shown_path);

} // namespace deployctl::os
