// Any text is a report of a scan or refused, and any report can be judged.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "providers/image/scan_report.hpp"

using namespace deployctl::providers::image;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = parse_scan_report({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  const ScanPolicy policy{.most = {{"critical", 0}, {"unknown", 0}}, .unfixed = true, .exceptions = {}};
  const auto problems = judge_report(*report, policy, "2026-06-01T00:00:00Z");
  for (const auto& line : problems)
    if (line.find('\n') != std::string::npos) std::abort();
  return 0;
}
