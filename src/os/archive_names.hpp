// What an archive may not ask for, told from names alone. For archive.cpp.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::os {

// The name with "./" and a last "/" taken away; empty for the root itself. Cause::config when it is absolute,
// has ".." or a backslash, is no UTF-8, or holds a control character.
Result<std::string> entry_name(std::string_view name);

// Whether a symbolic link `name` -> `target` stays inside the root, whatever other links the archive holds:
// the target is relative, and ".." stands only at its front and never climbs above the root.
bool link_stays_inside(std::string_view name, std::string_view target);

} // namespace deployctl::os
