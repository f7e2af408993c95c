#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> interpolation() {
  return {};
}

} // namespace deployctl::topics
