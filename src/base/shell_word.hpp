// What the POSIX shell takes as one literal word, and as a variable's name. Not for building commands: what
// varies travels as data (ports/hosts.hpp), and only where a shell has to read it as text is it quoted here.
#pragma once

#include <string>
#include <string_view>

namespace deployctl {

// Within single quotes everything is literal but the quote itself (POSIX.1 XCU 2.2.2).
void append_shell_word(std::string& text, std::string_view bytes);
std::string shell_word(std::string_view bytes);

// [A-Za-z_][A-Za-z0-9_]* (POSIX.1 XBD 3.235)
bool is_variable_name(std::string_view text);

} // namespace deployctl
