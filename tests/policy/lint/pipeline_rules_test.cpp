#include <catch2/catch.hpp>

#include "policy/lint/lint.hpp"
#include "policy/lint/published_ports.hpp"

using namespace deployctl;
using namespace deployctl::policy;
using lint::FileKind;

namespace {

lint::LintReport report_of(const std::string& pipeline, const std::string& environment = {},
                           std::vector<lint::LintFile> beside = {}) {
  const yaml::ParseOutcome outcome = yaml::parse("deploy.yaml", pipeline);
  REQUIRE(outcome.document);
  auto linter = lint::Linter::compile();
  REQUIRE(linter);
  std::vector<lint::LintFile> files = {{"deploy.yaml", pipeline, FileKind::pipeline}};
  for (lint::LintFile& file : beside) files.push_back(std::move(file));
  return linter->lint({.files = std::move(files),
                       .contexts = {},
                       .pipeline = &outcome.document->root,
                       .environment = environment});
}

std::string codes_of(const lint::LintReport& report) {
  std::string out;
  for (const Diagnostic& each : report.findings) out += (out.empty() ? "" : " ") + each.code;
  return out;
}

const std::string head = "environments:\n"
                         "  staging: {}\n"
                         "  production: {}\n"
                         "steps:\n";

std::string codes_of_steps(const std::string& steps) {
  return codes_of(report_of(head + steps));
}

} // namespace

TEST_CASE("pipeline lint: a service of production has a health check or a gate") {
  const std::string web =
      "  web: { uses: host.release, with: { path: /srv/web, systemd: { unit: web.service }";
  CHECK(codes_of_steps(web + " } }\n") == "D0833");
  CHECK(codes_of_steps(web + ", health: { http: \":80/\" } } }\n").empty());
  CHECK(codes_of_steps(web + " }, gates: [healthy] }\n").empty());
  CHECK(codes_of_steps(web + " }, environments: [staging] }\n").empty());
  CHECK(codes_of_steps("  web: { uses: host.release, with: { path: /srv/web, source: public } }\n").empty());
  const std::string overlaid =
      "environments: { production: { steps: { web: { gates: [healthy] } } } }\nsteps:\n";
  CHECK(codes_of(report_of(overlaid + web + " } }\n")).empty());
}

TEST_CASE("pipeline lint: any protected environment is one of production, and a finding is told once") {
  const std::string environments = "environments: { live: { protected: true }, production: {} }\n";
  const std::string steps = "steps: { web: { uses: host.run, with: { env: { APP_DEBUG: \"true\" } } } }\n";
  CHECK(codes_of(report_of(environments + steps)) == "D0841");
  CHECK(codes_of(report_of("environments: { live: {} }\n" + steps)).empty());
}

TEST_CASE("pipeline lint: variables of production show no debug flag, default password or open CORS") {
  CHECK(codes_of_steps("  a: { uses: host.run, with: { env: { DEBUG: 1, DB_PASSWORD: postgres } } }\n") ==
        "D0841 D0842");
  CHECK(codes_of_steps(
            "  a: { uses: host.release, with: { systemd: { service: { env: { CORS_ORIGINS: '*' } } }, "
            "health: {} } }\n") == "D0843");
  CHECK(
      codes_of_steps("  a: { uses: host.run, with: { env: { DB_PASSWORD: \"${secrets.db}\" } } }\n").empty());
  CHECK(codes_of(report_of("environments: { production: { vars: { debug: true } } }\nsteps: {}\n")) ==
        "D0841");
}

TEST_CASE("pipeline lint: images of production are named by digest, unless an interpolation names them") {
  const std::string digest = "@sha256:" + std::string(64, 'a');
  CHECK(codes_of_steps("  a: { uses: image.promote, with: { from: r.example.com/a:1, to: x } }\n") ==
        "D0832");
  CHECK(codes_of_steps("  a: { uses: image.promote, with: { from: r.example.com/a:1" + digest + " } }\n")
            .empty());
  CHECK(codes_of_steps("  a: { uses: image.tag, with: { image: \"r/a:${vars.v}\" } }\n").empty());
}

TEST_CASE("pipeline lint: commands of production publish no store to every network") {
  CHECK(codes_of_steps(
            "  a: { uses: host.run, with: { command: [docker, run, -d, -p, \"5432:5432\", postgres] } }\n") ==
        "D0834");
  CHECK(codes_of_steps(
            "  a: { uses: host.run, with: { script: \"podman run --publish=6379:6379 redis\" } }\n") ==
        "D0834");
  CHECK(codes_of_steps(
            "  a: { uses: host.run, with: { command: [docker, run, -p, \"127.0.0.1:5432:5432\", p] } }\n")
            .empty());
  CHECK(codes_of_steps("  a: { uses: host.run, with: { command: [psql, -p, \"5432:5432\"] } }\n").empty());
  CHECK(lint::published_by({"/usr/bin/docker", "container", "run", "-p80:8080", "-p", "1:2"}) ==
        std::vector<std::string>{"80:8080", "1:2"});
}

TEST_CASE("pipeline lint: data inside a release is lost by the next one, unless it is shared") {
  const auto release = [](const std::string& inputs) {
    return "steps:\n  web: { uses: host.release, with: { path: /srv/web, source: dist, " + inputs + " } }\n";
  };
  CHECK(codes_of(report_of(
            release("env: { DATABASE_URL: \"sqlite:////srv/web/current/db/live.sqlite3\" }"))) == "D0831");
  CHECK(codes_of(report_of(release(
                     "shared: { db: db/ }, env: { DATABASE_URL: \"sqlite:////srv/web/current/db/a\" }")))
            .empty());
  CHECK(codes_of(report_of(release("env: { UPLOAD_DIR: /srv/web/shared/uploads }"))).empty());
  CHECK(codes_of(report_of(release("env: { CONFIG: /srv/web/current/app.conf }"))).empty());
  const std::string put =
      "  put: { uses: file.put, with: { path: /srv/web/current/app.conf, content: x } }\n";
  CHECK(codes_of(report_of(release("keep: 3") + put)) == "D0831");
  CHECK(codes_of(report_of(release("shared: { app.conf: app.conf }") + put)).empty());
}

TEST_CASE("lint levels: a rule is made stricter, or milder and off with a reason, everywhere or by path") {
  const lint::LintFile dockerfile{"Dockerfile", "FROM debian:12\n", FileKind::dockerfile};
  const lint::LintFile legacy{"legacy/Dockerfile", "FROM debian:12\n", FileKind::dockerfile};
  const auto with = [&](const std::string& policy, const std::string& environment = {}) {
    return report_of(policy, environment, {dockerfile, legacy});
  };
  CHECK(with("policy: {}\n").findings.size() == 2);
  for (const Diagnostic& each : with("policy: { root-user: error }\n").findings)
    CHECK(each.severity == Severity::error);
  const auto off = with("policy: { D0811: { level: off, why: drops its rights itself } }\n");
  CHECK(off.findings.empty());
  REQUIRE(off.waived.size() == 2);
  CHECK(off.waived[0].why == "drops its rights itself");
  CHECK(off.waived[0].by_policy);
  const auto some = with("policy: { root-user: { level: off, why: old, paths: [\"legacy/**\"] } }\n");
  REQUIRE(some.findings.size() == 1);
  CHECK(some.findings[0].span.source == 1);
  const std::string overlaid =
      "policy: { root-user: error }\n"
      "environments: { test: { policy: { root-user: { level: off, why: a test } } } }\n";
  CHECK(with(overlaid).findings.size() == 2);
  CHECK(with(overlaid, "test").findings.empty());
}

TEST_CASE("lint levels: a rule that does not exist and a milder level without a reason are mistakes") {
  CHECK(codes_of(report_of("policy: { root-users: error }\n")) == "D0893");
  CHECK(report_of("policy: { root-users: error }\n").findings[0].help.find("root-user") != std::string::npos);
  CHECK(codes_of(report_of("policy: { root-user: off }\n")) == "D0891");
  CHECK(codes_of(report_of("policy: { huge-file: { level: warning } }\n")) == "D0891");
  CHECK(codes_of(report_of("policy: { root-user: error, huge-file: error }\n")).empty());
  CHECK(codes_of(report_of("environments: { test: { policy: { root-user: off, huge-file: null } } }\n")) ==
        "D0891");
}
