#include "engine/rehearsal/checks.hpp"

namespace deployctl::engine::rehearsal {

std::string_view to_text(Check check) {
  return check_table.at(static_cast<std::size_t>(check)).name;
}

} // namespace deployctl::engine::rehearsal
