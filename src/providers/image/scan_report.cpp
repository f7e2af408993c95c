#include "providers/image/scan_report.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"

namespace deployctl::providers::image {
namespace {

constexpr std::size_t most_findings = 100'000;
constexpr std::size_t most_shown = 20; // of one severity
constexpr std::array<const char*, 5> severities = {"critical", "high", "medium", "low", "unknown"};

Finding read_vulnerability(const Value& value) {
  return {.id = text_at(value, "VulnerabilityID"),
          .severity = to_lower(text_at(value, "Severity")),
          .subject = text_at(value, "PkgName") + " " + text_at(value, "InstalledVersion"),
          .fixed_in = text_at(value, "FixedVersion")};
}

Finding read_secret(const Value& value, const std::string& target) {
  return {.id = text_at(value, "RuleID"),
          .severity = to_lower(text_at(value, "Severity")),
          .subject = target,
          .is_secret = true};
}

// A severity of another vocabulary is not smaller than those that are known.
void keep(ScanReport& report, Finding finding) {
  if (std::ranges::find(severities, finding.severity) == severities.end()) finding.severity = "unknown";
  report.findings.push_back(std::move(finding));
}

bool is_excepted(const Finding& finding, const ScanPolicy& policy, WallTime now) {
  return std::ranges::any_of(policy.exceptions, [&](const Exception& one) {
    if (one.id != finding.id) return false;
    const auto until = parse_time(one.until);
    return one.until.empty() || (until && now <= *until);
  });
}

std::string line_of(const Finding& finding) {
  const std::string fix = finding.is_secret          ? ""
                          : finding.fixed_in.empty() ? ", no fix yet"
                                                     : ", fixed in " + finding.fixed_in;
  return sanitize_line(fmt::format("{}: {} in {}{}", finding.severity, finding.id, finding.subject, fix));
}

// One vulnerability may be found in several packages: each counts, as Trivy counts.
std::vector<const Finding*> findings_of(const ScanReport& report, const ScanPolicy& policy,
                                        const std::string& severity, WallTime now) {
  std::vector<const Finding*> all;
  for (const Finding& finding : report.findings) {
    const bool waits_for_fix = !finding.is_secret && finding.fixed_in.empty();
    if (finding.severity != severity || (waits_for_fix && !policy.unfixed)) continue;
    if (!is_excepted(finding, policy, now)) all.push_back(&finding);
  }
  return all;
}

} // namespace

Result<ScanReport> parse_scan_report(std::string_view json) {
  DEPLOYCTL_TRY(const Value document,
                parse_json(json, JsonMode::plain, {.bytes = largest_report, .depth = 64}));
  const auto version = number_at(document, "SchemaVersion");
  const std::string type = text_at(document, "ArtifactType");
  if (version != 2 || type != "container_image")
    return fail(Cause::config, fmt::format("it is no report of Trivy on an image (schema {}, type '{}')",
                                           version.value_or(0), type));
  ScanReport report{.about = text_at(document, "ArtifactName")};
  if (const Value* metadata = document.find("Metadata")) {
    report.image_id = text_at(*metadata, "ImageID");
    report.digests = texts_at(*metadata, "RepoDigests");
    const Value* end = metadata->find_path("OS.EOSL");
    report.end_of_life = end && *end == Value(true);
  }
  for (const Value& result : list_at(document, "Results")) {
    for (const Value& one : list_at(result, "Vulnerabilities")) keep(report, read_vulnerability(one));
    for (const Value& one : list_at(result, "Secrets"))
      keep(report, read_secret(one, text_at(result, "Target")));
    if (report.findings.size() > most_findings)
      return fail(Cause::capacity, fmt::format("the report has more than {} findings", most_findings));
  }
  return report;
}

std::vector<std::string> judge_report(const ScanReport& report, const ScanPolicy& policy,
                                      const std::string& now) {
  std::vector<std::string> problems;
  const WallTime time = parse_time(now).value_or(WallTime::max());
  if (report.end_of_life && !policy.end_of_life)
    problems.emplace_back("its distribution gets no updates any more");
  for (const std::string severity : severities) {
    const auto bound = policy.most.find(severity);
    if (bound == policy.most.end()) continue;
    const std::vector<const Finding*> all = findings_of(report, policy, severity, time);
    if (std::ssize(all) <= bound->second) continue;
    problems.push_back(fmt::format("{} findings of severity {}, at most {} are allowed", all.size(), severity,
                                   bound->second));
    for (std::size_t i = 0; i < std::min(all.size(), most_shown); ++i) problems.push_back(line_of(*all[i]));
    if (all.size() > most_shown) problems.push_back(fmt::format("and {} more", all.size() - most_shown));
  }
  return problems;
}

} // namespace deployctl::providers::image
