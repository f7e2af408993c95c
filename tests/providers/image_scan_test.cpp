#include <catch2/catch.hpp>

#include <filesystem>

#include "base/json.hpp"
#include "providers/builtin.hpp"
#include "providers/image/scan_report.hpp"
#include "providers/workbench.hpp"
#include "registry/manifest.hpp"
#include "registry/media_type.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using namespace deployctl::providers::image;
using registry::Digest;

namespace {

Value vulnerability(const std::string& id, const std::string& severity, const std::string& fixed) {
  Value::Map one{{"VulnerabilityID", id},
                 {"PkgName", "openssl"},
                 {"InstalledVersion", "3.0.11"},
                 {"Severity", severity}};
  if (!fixed.empty()) one["FixedVersion"] = fixed;
  return one;
}

// As Trivy writes it, with more than is read here.
std::string report_of(const std::string& image_id, Value::List vulnerabilities, bool end_of_life = false) {
  const Value secret = Value::Map{{"RuleID", "aws-access-key-id"}, {"Severity", "CRITICAL"}};
  Value::List results{Value::Map{{"Target", "app (debian 12.5)"},
                                 {"Class", "os-pkgs"},
                                 {"Vulnerabilities", std::move(vulnerabilities)}},
                      Value::Map{{"Target", "/app/.env"}, {"Class", "secret"}}};
  if (end_of_life) results.back()["Secrets"] = Value::List{secret};
  return to_json(
      Value::Map{{"SchemaVersion", 2},
                 {"ArtifactName", "app"},
                 {"ArtifactType", "container_image"},
                 {"Metadata", Value::Map{{"ImageID", image_id},
                                         {"OS", Value::Map{{"Family", "debian"}, {"EOSL", end_of_life}}}}},
                 {"Results", std::move(results)}},
      JsonMode::plain);
}

const std::string now = "2026-06-01T00:00:00Z";

std::vector<std::string> judged(const std::string& report, const ScanPolicy& policy) {
  return judge_report(parse_scan_report(report).value(), policy, now);
}

class ScannedWorld {
public:
  explicit ScannedWorld(const std::string& programs = {})
      : bench(*find_provider(providers::builtin_catalog(), "image.scan"), programs) {
    const std::string config = R"({"architecture":"amd64","os":"linux"})";
    server.keep_blob("app", config);
    image_id = Digest::of(config).text();
    const registry::Descriptor of{.media_type = std::string(registry::media_type::oci_config),
                                  .digest = Digest::of(config),
                                  .size = config.size()};
    server.keep_image("app", "1", registry::make_image(registry::media_type::oci_manifest, of, {}).value());
  }

  Verdict verdict(Value::Map inputs) {
    inputs["image"] = server.host() + "/app:1";
    if (!inputs.contains("most")) inputs["most"] = Value::Map{{"critical", 0}};
    const Ask ask = bench.ask(std::move(inputs));
    const Sample sample = bench.sample(ask);
    return bench.verbs<Gate>().judge(ask, std::span(&sample, 1));
  }
  Value report(Value::List vulnerabilities) {
    bench.write("trivy.json", report_of(image_id, std::move(vulnerabilities)));
    return bench.file("trivy.json");
  }

  StrictRegistry server;
  Workbench bench;
  std::string image_id;
};

} // namespace

TEST_CASE("scan report: findings count by severity, without a fix only where that is wanted") {
  const std::string report =
      report_of("x", {vulnerability("CVE-1", "CRITICAL", "3.0.13"), vulnerability("CVE-2", "CRITICAL", ""),
                      vulnerability("CVE-3", "HIGH", "3.0.13"), vulnerability("CVE-4", "BAD", "")});
  CHECK(judged(report, {.most = {{"critical", 2}, {"high", 1}, {"unknown", 1}}}).empty());
  const auto over = judged(report, {.most = {{"critical", 0}}});
  REQUIRE(over.size() == 3);
  CHECK(over[0] == "2 findings of severity critical, at most 0 are allowed");
  CHECK(over[1] == "critical: CVE-1 in openssl 3.0.11, fixed in 3.0.13");
  CHECK(over[2] == "critical: CVE-2 in openssl 3.0.11, no fix yet");
  CHECK(judged(report, {.most = {{"critical", 1}}, .unfixed = false}).empty());
  CHECK(judged(report, {.most = {{"unknown", 0}}}).size() == 2);
}

TEST_CASE("scan report: an exception holds until its day") {
  const std::string report = report_of("x", {vulnerability("CVE-1", "CRITICAL", "3.0.13")});
  const auto with = [](const std::string& id, const std::string& until) {
    return ScanPolicy{.most = {{"critical", 0}}, .exceptions = {{.id = id, .why = "tried", .until = until}}};
  };
  CHECK(judged(report, with("CVE-1", "")).empty());
  CHECK(judged(report, with("CVE-1", "2026-06-02T00:00:00Z")).empty());
  CHECK(judged(report, with("CVE-1", "2026-05-31T00:00:00Z")).size() == 2);
  CHECK(judged(report, with("CVE-1", "some day")).size() == 2);
  CHECK(judged(report, with("CVE-2", "")).size() == 2);
}

TEST_CASE("scan report: secrets count, and so does a distribution without updates") {
  const std::string report = report_of("x", {}, true);
  const auto problems = judged(report, {.most = {{"critical", 0}}});
  REQUIRE(problems.size() == 3);
  CHECK(problems[0] == "its distribution gets no updates any more");
  CHECK(problems[2] == "critical: aws-access-key-id in /app/.env");
  CHECK(judged(report, {.most = {}, .end_of_life = true}).empty());
}

TEST_CASE("scan report: what is none is refused") {
  CHECK_FALSE(parse_scan_report(""));
  CHECK_FALSE(parse_scan_report("[]"));
  CHECK_FALSE(parse_scan_report(R"({"SchemaVersion":2,"ArtifactType":"filesystem"})"));
  CHECK(parse_scan_report(R"({"SchemaVersion":2,"ArtifactType":"container_image"})")->findings.empty());
}

TEST_CASE("image.scan: a report about this image is judged, one about another is not") {
  ScannedWorld world;
  CHECK(world.verdict({{"report", world.report({})}}).state == Verdict::State::pass);
  const Verdict bad = world.verdict({{"report", world.report({vulnerability("CVE-1", "CRITICAL", "4")})}});
  CHECK(bad.state == Verdict::State::fail);
  CHECK(bad.evidence.size() == 2);
  world.image_id = Digest::of("other").text();
  const Verdict other = world.verdict({{"report", world.report({})}});
  CHECK(other.state == Verdict::State::error);
  CHECK(other.detail.starts_with("the report is about 'app'"));
}

TEST_CASE("image.scan: Trivy is asked for the image by its digest, and its own failure is no finding") {
  const auto programs = os::TemporaryDirectory::create("/tmp", "deployctl-programs-").value();
  ScannedWorld world(programs.path());
  world.bench.write("trivy.json", report_of(world.image_id, {}));
  const std::string answer = "#!/bin/sh\necho \"$*\" > " + world.bench.path("asked") + "\ncat " +
                             world.bench.path("trivy.json") + "\n";
  const auto install = [&](const std::string& script) {
    world.bench.write("trivy", script, 0755);
    std::filesystem::copy_file(world.bench.path("trivy"), programs.path() + "/trivy",
                               std::filesystem::copy_options::overwrite_existing);
  };
  install(answer);
  const Verdict verdict = world.verdict({});
  CHECK(verdict.detail.ends_with("has 0 findings, all within the bounds"));
  CHECK(verdict.state == Verdict::State::pass);
  const std::string asked = world.bench.read("asked");
  CHECK(asked.starts_with("image --format json --quiet --exit-code 0 --scanners vuln,secret " +
                          world.server.host() + "/app@sha256:"));
  install("#!/bin/sh\necho 'no database' >&2\nexit 1\n");
  const Verdict failed = world.verdict({});
  CHECK(failed.state == Verdict::State::error);
  CHECK(failed.detail == "trivy ended with code 1");
  CHECK(failed.evidence == std::vector<std::string>{"no database"});
}
