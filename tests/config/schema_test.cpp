// The generated schema and our own validator judge the same files: valijson stands for the editor.
#include "config/schema.hpp"

#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include "config/load.hpp"
#include "config/sample_catalog.hpp"
#include "config/sample_world.hpp"
#include "config/schema_judge.hpp"
#include "golden.hpp"
#include "yaml/document.hpp"

using namespace deployctl;
using namespace deployctl::config;
using nlohmann::json;
using sample::Judge;
using sample::to_json_document;

namespace {

// The mistakes that a schema can see: keys, shapes, types, names, wherever nothing is interpolated.
const std::set<std::string> visible_to_schema = {"D0201", "D0202", "D0203", "D0204", "D0207",
                                                 "D0301", "D0302", "D0303", "D0306", "D0307",
                                                 "D0308", "D0310", "D0501", "D0901", "D0902"};

struct Findings {
  bool visible = false;    // a mistake that the schema must see
  bool structural = false; // a mistake about structure or types that it may see
};

Findings validated(const yaml::Document& document) {
  const sample::World world;
  const Probes probes{world.files, sample::zones};
  const auto catalog = sample::catalog();
  Findings out;
  for (const Diagnostic& d : validate({document, world.facts, catalog, probes})) {
    if (d.severity != Severity::error) continue;
    const bool interpolated =
        document.source.text.substr(d.span.begin, d.span.end - d.span.begin).find("${") != std::string::npos;
    out.visible = out.visible || (visible_to_schema.count(d.code) > 0 && !interpolated);
    out.structural = out.structural || d.code < "D0320" || d.code.substr(0, 3) == "D09";
  }
  return out;
}

} // namespace

TEST_CASE("schema: editor and validator agree on every case of the corpus") {
  const Judge judge(sample::catalog());
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const auto& path : golden::cases("tests/config/cases", ".yaml")) {
    const auto parsed = yaml::parse("f", golden::read(path));
    if (!parsed.document || parsed.has_errors()) continue;
    INFO(path.string());
    const Findings findings = validated(*parsed.document);
    const std::string refusal = judge.refusal(to_json_document(parsed.document->root));
    INFO(refusal);
    if (findings.visible) CHECK_FALSE(refusal.empty());
    if (!findings.structural && findings.visible == false) CHECK(refusal.empty());
    ++(refusal.empty() ? accepted : refused);
  }
  CHECK(accepted > 10);
  CHECK(refused > 5);
}

TEST_CASE("schema: one mistake at a time is refused, and its correction accepted") {
  struct Case {
    std::string_view wrong;
    std::string_view right;
  };
  const auto c = GENERATE(values<Case>({
      {"{ uses: exec.run, with: { command: pytest } }", "{ uses: exec.run, with: { command: [pytest] } }"},
      {"{ uses: exec.run, with: { command: [] } }", "{ uses: exec.run, with: { command: [1, true] } }"},
      {"{ uses: exec.run, with: { comand: [a] } }",
       "{ uses: exec.run, with: { command: [a], env: { A: 012 } } }"},
      {"{ uses: exec.run }", "{ gates: [healthy] }"},
      {"{ uses: exec.runn, with: { command: [a] } }", "{ uses: exec.run, with: { script: 'a' } }"},
      {"{ uses: exec.run, with: { command: [a], script: b } }",
       "{ uses: exec.run, with: { command: '${vars.c}' } }"},
      {"{ uses: exec.run, with: { command: [a] }, timeout: 10 }",
       "{ uses: exec.run, with: { command: [a] }, timeout: 10s }"},
      {"{ uses: exec.run, with: { command: [a] }, retry: { tries: 2 } }",
       "{ uses: exec.run, with: { command: [a] }, retry: 2 }"},
      {"{ uses: exec.run, with: { command: [a] }, retry: [1] }",
       "{ uses: exec.run, with: { command: [a] }, retry: { attempts: 2, delay: 1s } }"},
      {"{ uses: exec.run, with: { command: [a], effect: twice } }",
       "{ uses: exec.run, with: { command: [a], effect: once } }"},
      {"{ uses: host.release, with: { path: /a, keep: 0 } }",
       "{ uses: host.release, with: { path: /a, keep: '${vars.k}' } }"},
      {"{ uses: host.release, with: { path: /a, keep: '012' } }",
       "{ uses: host.release, with: { path: /a, keep: '12' } }"},
      {"{ uses: host.release, with: { path: ~ } }",
       "{ uses: host.release, with: { path: /a, labels: { a: [1] } } }"},
      {"{ uses: host.release, with: { path: /a, health: { within: 10s } } }",
       "{ uses: host.release, with: { path: /a, health: { http: ':80/', within: 10s } } }"},
      {"{ uses: host.release, with: { path: /a, memory: 512 } }",
       "{ uses: host.release, with: { path: /a, memory: 512MiB, share: 5% } }"},
      {"{ uses: host.release, with: { path: /a }, strategy: { rolling: { batch: 1, wait: 5s } } }",
       "{ uses: host.release, with: { path: /a }, strategy: { rolling: { batch: [1, 25%] } } }"},
      {"{ uses: host.release, with: { path: /a }, approval: { quorum: none } }",
       "{ uses: host.release, with: { path: /a }, needs: [b] }"},
  }));
  const Judge judge(sample::catalog());
  const auto refusal = [&judge](std::string_view step) {
    const std::string text = "version: 1\nproject: p\nenvironments: { production: { hosts: { web: [h] }, "
                             "steps: { b: ~, a: { timeout: ~ } } } }\n"
                             "x-anything: [1]\nsteps:\n  a: " +
                             std::string(step) + "\n";
    const auto parsed = yaml::parse("f", text);
    REQUIRE(parsed.diagnostics.empty());
    return judge.refusal(to_json_document(parsed.document->root));
  };
  INFO(c.wrong);
  CHECK_FALSE(refusal(c.wrong).empty());
  INFO(c.right);
  CHECK(refusal(c.right).empty());
}

TEST_CASE("schema: descriptions and examples are there for the editor") {
  const json schema = json::parse(schema_text(sample::catalog()));
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["properties"]["environments"].contains("description"));
  CHECK(schema["definitions"]["step"]["properties"]["timeout"]["description"].get<std::string>().find(
            "Example: `10m`") != std::string::npos);
  CHECK(schema["definitions"]["step"]["additionalProperties"] == false);
  CHECK(schema["properties"]["notify"].contains("items"));
}
