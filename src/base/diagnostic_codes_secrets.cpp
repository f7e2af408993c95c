#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> secrets() {
  return {};
}

} // namespace deployctl::topics
