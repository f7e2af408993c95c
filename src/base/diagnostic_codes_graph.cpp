#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> graph() {
  return {};
}

} // namespace deployctl::topics
