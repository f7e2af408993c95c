#include <catch2/catch.hpp>

#include <string>

#include "config/digest.hpp"
#include "config/load.hpp"
#include "config/sample_catalog.hpp"
#include "config/sample_world.hpp"
#include "yaml/document.hpp"

using namespace deployctl;

namespace {

const std::string head =
    "version: 1\nproject: hello\nvars: { text: x }\n"
    "environments: { production: { hosts: { web: [local] } }, notes: { hosts: { web: [local] } } }\n";

struct Loaded {
  config::Outcome outcome;

  explicit Loaded(const std::string& yaml, const sample::World& world = sample::read_world("")) {
    const auto parsed = yaml::parse("deploy.yaml", yaml);
    REQUIRE(parsed.document);
    const auto catalog = sample::catalog();
    const config::Probes probes{.files = world.files, .zones = sample::zones};
    outcome = config::load({*parsed.document, world.facts, catalog, probes}, "production");
  }
};

std::string digest(const std::string& yaml, const std::string& world = "") {
  const Loaded loaded(yaml, sample::read_world(world));
  REQUIRE(loaded.outcome.pipeline);
  return loaded.outcome.pipeline->digest;
}

std::string step(const std::string& with) {
  return "steps: { a: { uses: exec.run, with: " + with + " } }\n";
}

yaml::Document document(const std::string& yaml) {
  return *yaml::parse("deploy.yaml", yaml).document;
}

const Description& described(const Catalog& catalog, std::string_view action) {
  return find_provider(catalog, action)->description;
}

} // namespace

TEST_CASE("config: the digest is that of what is deployed, not of how it is written or when") {
  const auto plain = digest(head + step("{ command: [make], effect: none }"));
  CHECK(digest(head + "# a comment\n" + step("{ effect: 'none', command: [\"make\"] }")) == plain);
  CHECK(digest(head + step("{ command: [make], effect: none }"), "run 02OTHER\nversion 9\n") == plain);
  CHECK(digest(head + step("{ command: [make, \"${release.version}\"], effect: none }"), "version 9\n") !=
        plain);
  CHECK(digest(head + step("{ command: [make, all], effect: none }")) != plain);
  CHECK(digest(head + "on_failure: stop\n" + step("{ command: [make], effect: none }")) != plain);
  CHECK(plain.size() == 64);
}

TEST_CASE("config: --set replaces a declared variable and keeps its text as given") {
  const Loaded loaded(head + step("{ command: [x, \"${vars.text}\"] }"), sample::read_world("set text=1.10"));
  REQUIRE(loaded.outcome.pipeline);
  CHECK(*loaded.outcome.pipeline->steps.front().inputs.find_path("command.1") == Value("1.10"));
}

TEST_CASE("config: where an input stands is known by its path") {
  const std::string yaml = head + step("{ command: [make, all], env: { A: b } }");
  const Loaded loaded(yaml);
  const auto& spans = loaded.outcome.pipeline->steps.front().input_spans;
  const auto at = [&](const std::string& path) {
    const auto span = spans.at(path);
    return yaml.substr(span.begin, span.end - span.begin);
  };
  CHECK(at("command.1") == "all");
  CHECK(at("env.A") == "b");
}

TEST_CASE("config: a mistake in another environment refuses the file, an unset variable there does not") {
  const std::string other = "version: 1\nproject: hello\nenvironments:\n  production: {}\n  other: { vars: { "
                            "a: \"${UNSET}\" }, steps: { b: { uses: ";
  CHECK(Loaded(other + "exec.run, with: { command: [\"${vars.a}\"] } } } }\nvars: { a: b }\n")
            .outcome.pipeline);
  CHECK_FALSE(Loaded(other + "exec.rum } } }\nvars: { a: b }\n").outcome.pipeline);
}

TEST_CASE("config: a name that is an environment and a file is neither without './'") {
  auto world = sample::read_world("file production\nfile plan.json\n");
  const auto written = document(head);
  const auto both = config::is_environment("production", written, world.files);
  REQUIRE_FALSE(both);
  CHECK(both.error().cause == Cause::config);
  CHECK(both.error().message == "'production' is both an environment and a file");
  CHECK(config::is_environment("notes", written, world.files).value());
  CHECK_FALSE(config::is_environment("plan.json", written, world.files).value());
  const auto none = config::is_environment("prodution", written, world.files);
  REQUIRE_FALSE(none);
  CHECK(none.error().help == "an environment with a similar name exists: 'production'");
}

TEST_CASE("config: environments come in file order") {
  CHECK(config::environment_names(document(head)) == std::vector<std::string>{"production", "notes"});
}

TEST_CASE("config: inputs that became known are held to the same rules") {
  const auto catalog = sample::catalog();
  const auto world = sample::read_world("tree app\n");
  const auto& action = described(catalog, "host.release");
  const auto finish = [&](const Value& inputs) { return config::finish_inputs(action, inputs, world.files); };

  const auto good = finish(
      Value::Map{{"path", "/srv/a"}, {"source", "app"}, {"port", "8080"}, {"hosts", Value::List{"local"}}});
  REQUIRE(good);
  CHECK(*good->find("port") == Value(8080));
  CHECK(good->find_path("source.path")->text() != nullptr);
  CHECK(*finish(*good) == *good); // what is finished stays as it is

  CHECK(finish(Value::Map{{"path", "/srv/a"}, {"port", "http"}}).error().message ==
        "'port' in action 'host.release': 'http' is not a whole number");
  CHECK_FALSE(finish(Value::Map{{"path", "/srv/a"}, {"source", "elsewhere"}}));
  CHECK_FALSE(finish(Value::Map{{"path", "/srv/a"}, {"health", Value::Map{{"http", "nope"}}}}));
  CHECK_FALSE(finish(Value::Map{{"path", "/srv/a"}, {"banner", Secret::reference("key")}}));
}

TEST_CASE("config: ten thousand steps are loaded, one more is refused") {
  const auto pipeline = [](int count) {
    std::string yaml = "version: 1\nproject: big\nenvironments: { production: {} }\n"
                       "gates: { g: { uses: http.check, with: { url: \"https://example.com\" } } }\n"
                       "steps:\n  s0: { gates: [g] }\n";
    for (int i = 1; i < count; ++i)
      yaml += "  s" + std::to_string(i) + ": { gates: [g], needs: [s" + std::to_string(i - 1) + "] }\n";
    return yaml;
  };
  const Loaded most(pipeline(10'000));
  REQUIRE(most.outcome.pipeline);
  CHECK(most.outcome.pipeline->steps.size() == 10'000);
  CHECK(most.outcome.pipeline->steps.back().needs == std::vector<std::string>{"s9998"});
  const Loaded more(pipeline(10'001));
  REQUIRE(more.outcome.diagnostics.size() == 1);
  CHECK(more.outcome.diagnostics.front().code == "D0514");
}
