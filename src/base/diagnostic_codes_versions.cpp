#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> versions() {
  return {};
}

} // namespace deployctl::topics
