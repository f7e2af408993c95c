// Reports of Trivy as values, and what a policy makes of them. Pure; running it is scan.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::providers::image {

struct Finding {
  std::string id;       // "CVE-2024-1234", or the rule that found a secret
  std::string severity; // in lower case: "critical"
  std::string subject;  // "openssl 3.0.11-1", or the file
  std::string fixed_in; // empty: there is no fix yet
  bool is_secret = false;
};

struct ScanReport {
  std::string about;                // as Trivy was told
  std::string image_id;             // the digest of the configuration
  std::vector<std::string> digests; // "registry.example.com/app@sha256:..."
  bool end_of_life = false;         // of the distribution in it
  std::vector<Finding> findings;
};

inline constexpr std::size_t largest_report = 64U << 20;

// Cause::config when it is no report of Trivy for an image.
Result<ScanReport> parse_scan_report(std::string_view json);

struct Exception {
  std::string id;
  std::string why;
  std::string until; // RFC 3339; empty: for ever
};

struct ScanPolicy {
  std::map<std::string, std::int64_t> most; // by severity; a severity that is not there has no bound
  bool unfixed = true;                      // whether what has no fix yet counts
  bool end_of_life = false;                 // whether a distribution without updates may pass
  std::vector<Exception> exceptions;
};

// What is over the bounds, the worst first: empty when all is well. `now`: RFC 3339.
std::vector<std::string> judge_report(const ScanReport& report, const ScanPolicy& policy,
                                      const std::string& now);

} // namespace deployctl::providers::image
