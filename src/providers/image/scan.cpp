#include "providers/image/scan.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "base/crypto.hpp"
#include "base/members.hpp"
#include "base/sanitize.hpp"
#include "base/time.hpp"
#include "os/files.hpp"
#include "providers/image/field_shapes.hpp"
#include "providers/image/last_sample.hpp"
#include "providers/image/scan_report.hpp"

namespace deployctl::providers::image {
namespace {

struct ScanInputs {
  std::string image;
  Value report; // {path, sha256, ...}, or null
  std::map<std::string, std::int64_t> most;
  bool unfixed = true;
  bool end_of_life = false;
  std::vector<Exception> exceptions;

  [[nodiscard]] ScanPolicy policy() const {
    return {.most = most, .unfixed = unfixed, .end_of_life = end_of_life, .exceptions = exceptions};
  }
};

Table<Exception> exception_table() {
  Table<Exception> table;
  table
      .add(&Exception::id, {.name = "id",
                            .help = "What is found, as Trivy calls it.",
                            .example = "CVE-2024-1234",
                            .required = true})
      .add(&Exception::why, {.name = "why",
                             .help = "Why it is no danger here.",
                             .example = "the parser is never given foreign input",
                             .required = true})
      .add(&Exception::until, {.name = "until",
                               .help = "When this has to be thought over again.",
                               .example = "2026-12-31T00:00:00Z"});
  return table;
}

Table<ScanInputs> table() {
  Table<ScanInputs> result;
  result.add(&ScanInputs::image, image_field())
      .add(&ScanInputs::report,
           {.name = "report",
            .type = FieldType::file,
            .help = "A report in JSON that Trivy wrote about this image; without it Trivy is run.",
            .example = "build/trivy.json"})
      .add(&ScanInputs::most,
           {.name = "most",
            .type = FieldType::map,
            .help = "How many findings of a severity may pass: critical, high, medium, low "
                    "or unknown. One that is not named has no bound.",
            .example = "{ critical: 0, high: 5 }",
            .fallback = Value::Map{{"critical", 0}},
            .pattern = "critical|high|medium|low|unknown",
            .element = {{.name = "most",
                         .type = FieldType::integer,
                         .help = "The largest number.",
                         .example = "5",
                         .least = 0}}})
      .add(&ScanInputs::unfixed, {.name = "unfixed",
                                  .type = FieldType::boolean,
                                  .help = "Whether findings without a fix count.",
                                  .example = "false",
                                  .fallback = true})
      .add(&ScanInputs::end_of_life,
           {.name = "end_of_life",
            .type = FieldType::boolean,
            .help = "Whether a distribution that gets no updates any more may pass.",
            .example = "true",
            .fallback = false})
      .objects(&ScanInputs::exceptions,
               {.name = "exceptions",
                .help = "Findings that are known and do not count.",
                .example = "[{ id: CVE-2024-1234, why: not reachable }]"},
               exception_table());
  return result;
}

// Nothing of the user's stands in it but the reference, which cannot look like an option.
std::vector<std::string> scan_command(const std::string& image) {
  return {"trivy",       "image", "--format",   "json",        "--quiet",
          "--exit-code", "0",     "--scanners", "vuln,secret", image};
}

constexpr const char* scan_pattern = "trivy\\nimage\\n--format\\njson\\n--quiet\\n--exit-code\\n0\\n"
                                     "--scanners\\nvuln,secret\\n[a-z0-9\\[][^\\n]*";

Result<std::string> run_trivy(ReadSession& session, const registry::Reference& image) {
  ProcessRequest request{.operation = "scan",
                         .argv = scan_command(image.text()),
                         .inherit = {"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "DOCKER_CONFIG",
                                     "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "TRIVY_CACHE_DIR",
                                     "TRIVY_OFFLINE_SCAN", "TRIVY_SKIP_DB_UPDATE", "TRIVY_DB_REPOSITORY",
                                     "TRIVY_INSECURE"},
                         .timeout = Milliseconds(1'200'000),
                         .capture_limit = largest_report};
  DEPLOYCTL_TRY(const registry::Credential known,
                credential_for(session.connection, image.repository, session.stop));
  if (known.password.is_resolved()) {
    request.environment["TRIVY_USERNAME"] = known.user;
    request.environment["TRIVY_PASSWORD"] = known.password;
  }
  auto done = session.ports.processes.run(request, session.stop);
  if (!done && done.error().cause == Cause::not_found)
    return fail(Cause::not_found, "there is no 'trivy' on this machine",
                "install it, or give its report with 'report'");
  if (!done) return fail(std::move(done).error());
  if (done->cancelled) return fail(Cause::cancelled, "stopped while Trivy ran");
  if (done->timed_out) return fail(Cause::timeout, "Trivy took longer than 20 minutes");
  if (done->exit_code == 0) return std::move(done->out);
  Error failed{.cause = Cause::command_failed,
               .message = fmt::format("trivy ended with code {}", done->exit_code),
               .evidence = last_lines(done->err, 5)};
  return fail(std::move(failed));
}

Result<std::string> read_report(Files& files, const Value& file) {
  const std::string path = text_at(file, "path");
  const std::string sha256 = text_at(file, "sha256");
  DEPLOYCTL_TRY(const std::string place, files.find(path, sha256));
  DEPLOYCTL_TRY(std::string bytes, os::read_file(place, largest_report));
  if (!sha256.empty() && sha256_hex(bytes) != sha256)
    return fail(Cause::conflict, fmt::format("the report '{}' was changed since the plan was made", path));
  return bytes;
}

// Whether the report is about this image: by its own digest, or by that of its configuration.
Status check_subject(SessionClient& client, const ScanReport& report, const registry::Reference& image,
                     const std::stop_token& stop) {
  const std::string digest = image.digest.text();
  if (std::ranges::any_of(report.digests, [&](const std::string& of) { return of.ends_with("@" + digest); }))
    return {};
  DEPLOYCTL_TRY(const registry::Manifest manifest,
                client->manifest(registry::pull_from(image.repository), digest, stop));
  if (!report.image_id.empty() && manifest.config.digest.text() == report.image_id) return {};
  return fail(Cause::conflict,
              fmt::format("the report is about '{}' ({}), wanted {}", report.about, report.image_id, digest));
}

class Scan final : public Gate {
public:
  Sample sample(ReadSession& session, const Ask& ask) const override {
    return taken_by(session, [&] { return examine(session, ask); });
  }

  Verdict judge(const Ask&, std::span<const Sample> samples) const override {
    if (auto open = without_data(samples)) return *std::move(open);
    const Value& data = samples.back().data;
    const std::vector<std::string> problems = texts_at(data, "problems");
    const std::string digest = text_at(data, "digest");
    if (!problems.empty())
      return {
          .state = Verdict::State::fail, .detail = digest + ": " + problems.front(), .evidence = problems};
    return {.state = Verdict::State::pass,
            .detail = fmt::format("{} has {} findings, all within the bounds", digest,
                                  number_at(data, "findings").value_or(0))};
  }

  // One scan is enough: the same image has the same findings a minute later.
  ReadyRule rule(const Ask&) const override {
    return {.within = Milliseconds(1'800'000), .interval = Milliseconds(30'000), .consecutive = 1};
  }

private:
  Result<Value> examine(ReadSession& session, const Ask& ask) const {
    DEPLOYCTL_TRY(const ScanInputs inputs, table_.decode(*ask.inputs));
    DEPLOYCTL_TRY(registry::Reference image, registry::parse_reference(inputs.image));
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(image.digest, pinned(client, image, session.stop));
    image.tag.clear();
    const bool is_given = !inputs.report.is_null();
    DEPLOYCTL_TRY(const std::string text,
                  is_given ? read_report(session.ports.files, inputs.report) : run_trivy(session, image));
    DEPLOYCTL_TRY(const ScanReport report, parse_scan_report(text));
    DEPLOYCTL_CHECK(check_subject(client, report, image, session.stop));
    Value::List problems;
    for (std::string& problem :
         judge_report(report, inputs.policy(), format_time(session.ports.clock.wall())))
      problems.emplace_back(std::move(problem));
    return Value::Map{{"digest", image.digest.text()},
                      {"findings", static_cast<std::int64_t>(report.findings.size())},
                      {"problems", std::move(problems)}};
  }

  Table<ScanInputs> table_ = table();
};

std::vector<InputProblem> check_scan(const Value& inputs) {
  std::vector<InputProblem> problems;
  check_reference(problems, inputs, "image");
  const Value::List& exceptions = list_at(inputs, "exceptions");
  for (std::size_t i = 0; i < exceptions.size(); ++i)
    if (const std::string until = text_at(exceptions[i], "until"); !until.empty() && !parse_time(until))
      problems.push_back({.path = fmt::format("exceptions.{}.until", i),
                          .message = fmt::format("'{}' is no time", until),
                          .help = "write it like 2026-12-31T00:00:00Z"});
  return problems;
}

} // namespace

Provider make_scan(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.scan",
                          .summary =
                              "Passes when what Trivy finds in an image is within the bounds of a policy.",
                          .fields = table().fields(),
                          .operations = {{.name = "scan",
                                          .effect = Effect::read,
                                          .protocol = Protocol::process,
                                          .help = "Runs Trivy on the image, which it pulls by itself.",
                                          .path = scan_pattern}},
                          .default_timeout = Milliseconds(1'800'000),
                          .check = check_scan};
  return describe_gate(std::move(provider), surroundings, std::make_shared<const Scan>());
}

} // namespace deployctl::providers::image
