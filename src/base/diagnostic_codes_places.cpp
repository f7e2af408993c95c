#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> places() {
  return {};
}

} // namespace deployctl::topics
