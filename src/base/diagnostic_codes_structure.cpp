#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> structure() {
  return {};
}

} // namespace deployctl::topics
