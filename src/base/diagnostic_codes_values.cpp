#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> values() {
  return {};
}

} // namespace deployctl::topics
