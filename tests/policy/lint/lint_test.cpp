#include <catch2/catch.hpp>

#include <set>

#include "base/diagnostic_codes.hpp"
#include "policy/lint/lint.hpp"

using namespace deployctl;
using namespace deployctl::policy;
using lint::FileKind;

namespace {

lint::LintReport report_of(lint::LintInput input) {
  auto linter = lint::Linter::compile();
  REQUIRE(linter);
  return linter->lint(input);
}

std::string codes_in(std::string path, std::string text) {
  const FileKind kind = lint::kind_of(path);
  std::string out;
  for (const Diagnostic& each :
       report_of({.files = {{std::move(path), std::move(text), kind}}, .contexts = {}}).findings)
    out += (out.empty() ? "" : " ") + each.code;
  return out;
}

} // namespace

TEST_CASE("lint: files are known by their names") {
  CHECK(lint::kind_of("Dockerfile") == FileKind::dockerfile);
  CHECK(lint::kind_of("a/api.dockerfile") == FileKind::dockerfile);
  CHECK(lint::kind_of("a/Dockerfile.prod") == FileKind::dockerfile);
  CHECK(lint::kind_of("a/.dockerignore") == FileKind::dockerignore);
  CHECK(lint::kind_of("compose.yaml") == FileKind::compose);
  CHECK(lint::kind_of("x/docker-compose.override.yml") == FileKind::compose);
  CHECK(lint::kind_of(".env") == FileKind::dotenv);
  CHECK(lint::kind_of("a/.env.production") == FileKind::dotenv);
  CHECK(lint::kind_of(".github/workflows/ci.yml") == FileKind::workflow);
  CHECK(lint::kind_of("sub/.github/workflows/ci.yml") == FileKind::workflow);
  CHECK(lint::kind_of("a/values.yaml") == FileKind::manifest);
  CHECK(lint::kind_of("a/main.cpp") == FileKind::other);
  CHECK(lint::is_for_production("prod/.env"));
  CHECK(lint::is_for_production("compose.production.yaml"));
  CHECK_FALSE(lint::is_for_production("products/.env"));
}

TEST_CASE("lint: every rule is explained under its code, and the explanation names the rule") {
  std::set<std::string_view> names;
  for (const lint::Rule& rule : lint::rules()) {
    INFO(rule.code);
    const DiagnosticCode* row = find_diagnostic_code(rule.code);
    REQUIRE(row);
    CHECK(row->explanation.find(rule.name) != std::string_view::npos);
    CHECK(names.insert(rule.name).second);
    CHECK(lint::find_rule(rule.name) == lint::find_rule(rule.code));
  }
}

TEST_CASE("lint: a Dockerfile that no builder takes is told, what is only called so is not") {
  CHECK(codes_in("Dockerfile", "FROM a:1\nRUNN x\n") == "D0810");
  CHECK(codes_in("Dockerfile.tpl", "FROM a:1@sha256:1\nUSER a\n{{if .Extra}}\nRUN x\n{{end}}\n").empty());
  CHECK(codes_in("Dockerfile.nanorc", "syntax \"Dockerfile\"\ncolor red \"^FROM\"\n").empty());
}

TEST_CASE("lint: data are looked for where the publisher of an image keeps them") {
  const auto service = [](const char* image, const char* volume) {
    return codes_in("compose.yaml", std::string("services:\n  db: { image: ") + image +
                                        ", volumes: [\"db:" + volume + "\"] }\n");
  };
  CHECK(service("mariadb:11", "/var/lib/mysql").empty());
  CHECK(service("mariadb:11", "/bitnami/mariadb") == "D0831");
  CHECK(service("bitnami/mariadb:11", "/bitnami/mariadb").empty());
  CHECK(service("bitnami/mariadb:11", "/var/lib/mysql") == "D0831");
}

TEST_CASE("lint: the key that every emulator of Azure's storage has is no secret") {
  const auto connection = [](const std::string& key) {
    return codes_in(".env",
                    "AZURE=DefaultEndpointsProtocol=http;AccountName=store1;AccountKey=" + key + "\n");
  };
  CHECK(connection("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==")
            .empty());
  CHECK(connection(
            "Kq3x8dM72wNOcqGlqUvJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==") ==
        "D0801");
}

TEST_CASE("lint: a waiver counts on its line or alone above it, with a reason, for its rule") {
  const std::string debug = "DEBUG=1";
  CHECK(codes_in(".env.prod", debug + "\n") == "D0841");
  CHECK(codes_in(".env.prod", debug + " # deployctl: allow D0841 an inner tool\n").empty());
  CHECK(
      codes_in(".env.prod", "# deployctl: allow debug-in-production an inner tool\n" + debug + "\n").empty());
  CHECK(codes_in(".env.prod", "# deployctl: allow D0841\n" + debug + "\n") == "D0841 D0891");
  CHECK(codes_in(".env.prod", "# deployctl: allow D0842 other\n" + debug + "\n") == "D0841 D0892");
  CHECK(codes_in(".env.prod", "A=1 # deployctl: allow D0841 far away\n" + debug + "\n") == "D0841 D0892");
  CHECK(codes_in(".env.prod", "# deployctl: allow nonsense why\nA=1\n") == "D0892");
}

TEST_CASE("lint: huge files of the build context, unless they are ignored or come from another stage") {
  const auto codes = [](const std::string& text, const std::string& ignored) {
    const lint::BuildContext context{.files = {{"models/big.bin", 900U << 20}, {"src/main.py", 1000}},
                                     .has_ignore_file = true,
                                     .ignore_file = ignored};
    std::string out;
    for (const Diagnostic& each : report_of({.files = {{"Dockerfile", text, FileKind::dockerfile}},
                                  .contexts = {{"Dockerfile", context}}})
                                      .findings)
      out += each.code + " ";
    return out;
  };
  CHECK(codes("FROM a:1\nCOPY . /app\nUSER x\n", "") == "D0816 ");
  CHECK(codes("FROM a:1\nCOPY models/ /models/\nUSER x\n", "") == "D0816 ");
  CHECK(codes("FROM a:1\nCOPY . /app\nUSER x\n", "models\n").empty());
  CHECK(codes("FROM a:1\nCOPY src/ /app\nUSER x\n", "").empty());
  CHECK(codes("FROM b:1 AS b\nFROM a:1\nCOPY --from=b models/ /models/\nUSER x\n", "").empty());
}

TEST_CASE("lint: a report may be shown: its sources hold no secret, at the same places") {
  const std::string token =
      std::string("dop_") + "v1_" + "9f2c47ab10de83c59f2c47ab10de83c59f2c47ab10de83c59f2c47ab10de83c5";
  const lint::LintReport report =
      report_of({.files = {{".env", "A=" + token + "\n", FileKind::dotenv}}, .contexts = {}});
  REQUIRE(report.findings.size() == 1);
  CHECK(report.sources[0].text.size() == token.size() + 3);
  CHECK(report.sources[0].text.find(token.substr(6, 20)) == std::string::npos);
  CHECK(report.findings[0].message.find(token.substr(6, 20)) == std::string::npos);
}
