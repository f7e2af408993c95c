#include "config/interpolation.hpp"

#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "base/json.hpp"

using namespace deployctl;
using namespace deployctl::config;
using Catch::Matchers::Contains;

namespace {

// A small world: what names stand for in these tests.
Answer look_up(const Reference& reference) {
  static const std::map<std::string, Value> known = {{"vars.domain", Value("kodex.example.com")},
                                                     {"vars.port", Value(8000)},
                                                     {"vars.on", Value(true)},
                                                     {"vars.ratio", Value(0.5)},
                                                     {"vars.list", Value(Value::List{Value("a"), Value(1)})},
                                                     {"vars.dollar", Value("cost$")},
                                                     {"vars.braces", Value("a${b}")},
                                                     {"vars.branch", Value("Feature/ÄB__c-")},
                                                     {"vars.spaces", Value("  x y ")},
                                                     {"vars.none", Value()},
                                                     {"secrets.db", Value(Secret::reference("db"))},
                                                     {"secrets.user", Value(Secret::reference("user"))},
                                                     {"EMPTY", Value("")},
                                                     {"HOME", Value("/root")},
                                                     {"environment", Value("production")}};
  if (reference.root() == "steps") {
    const auto step = split_step_reference(
        reference.name, [](std::string_view id) { return id == "image" || id == "image.api"; });
    if (step) return Answer::found(Unknown{step->step, step->output, ""});
    return Answer::wrong("D0499", "there is no step in '" + reference.name + "'");
  }
  const auto found = known.find(reference.name);
  if (found != known.end()) return Answer::found(found->second);
  if (reference.root() == "vars") return Answer::wrong("D0499", "no variable '" + reference.name + "'");
  return Answer::absent("D0498", "'" + reference.name + "' is not set");
}

Evaluation evaluated(std::string_view text) {
  const ParsedTemplate parsed = parse_template(text);
  INFO(text);
  REQUIRE(parsed.problems.empty());
  return evaluate(parsed.value, look_up);
}

// The canonical JSON of the value, or the problems.
std::string shown(std::string_view text) {
  const ParsedTemplate parsed = parse_template(text);
  std::string out;
  for (const TextProblem& problem : parsed.problems)
    out += problem.code + " [" + std::string(text.substr(problem.begin, problem.end - problem.begin)) + "] " +
           problem.message;
  if (!out.empty()) return out;
  const Evaluation result = evaluate(parsed.value, look_up);
  for (const TextProblem& problem : result.problems)
    out += problem.code + " [" + std::string(text.substr(problem.begin, problem.end - problem.begin)) + "] " +
           problem.message;
  return out.empty() ? to_json(result.value) : out;
}

std::string help_of(std::string_view text) {
  const ParsedTemplate parsed = parse_template(text);
  REQUIRE(parsed.problems.size() == 1);
  return parsed.problems[0].help;
}

} // namespace

TEST_CASE("interpolation: what evaluates to what") {
  struct Case {
    std::string_view text;
    std::string_view gives;
  };
  const auto c = GENERATE(values<Case>({
      {"plain", R"("plain")"},
      {"", R"("")"},
      {"$NAME and $ and $$ stay", R"("$NAME and $ and $$ stay")"},
      {"$${NAME} is literal", R"("${NAME} is literal")"},
      {"$$${x", R"("$${x")"},
      {"${vars.domain}", R"("kodex.example.com")"},
      {"${ vars.domain }", R"("kodex.example.com")"},
      {"https://${vars.domain}:${vars.port}/", R"("https://kodex.example.com:8000/")"},
      {"${vars.port}", "8000"},
      {"${vars.on}", "true"},
      {"${vars.on}/${vars.ratio}", R"("true/0.5")"},
      {"${vars.list}", R"(["a",1])"},
      {"x ${vars.list | json}", R"("x [\"a\",1]")"},
      {"${HOME}", R"("/root")"},
      {"${HOME:-x}", R"("/root")"},
      {"${NOPE:-a b|c}", R"("a b|c")"},
      {"${NOPE:-}", R"("")"},
      {"${EMPTY:-x}", R"("x")"},
      {"${EMPTY}", R"("")"},
      {"${NOPE | default('it''s') | lower}", R"("it's")"},
      {"${NOPE | lower | default('KEPT')}", R"("KEPT")"},
      {"${HOME | default('x')}", R"("/root")"},
      {"${environment}", R"("production")"},
      {"${vars.branch | slug}", R"("feature-b-c")"},
      {"${vars.branch|lower}", "\"feature/Äb__c-\""},
      {"${vars.spaces | trim | url}", R"("x%20y")"},
      {"${vars.domain | base64}", R"("a29kZXguZXhhbXBsZS5jb20=")"},
      {"${vars.port | json}", R"("8000")"},
      {"${'lit}eral'}", R"("lit}eral")"},
      {"${vars.none}", "null"},
      {"${NOPE}", "D0498 [${NOPE}] 'NOPE' is not set"},
      {"a ${NOPE:?set it} b", "D0408 [${NOPE:?set it}] 'NOPE' is not set: set it"},
      {"${vars.nope | default('x')}", "D0499 [${vars.nope | default('x')}] no variable 'vars.nope'"},
      {"x ${vars.list}", "D0405 [${vars.list}] 'vars.list' is a list, which cannot stand inside a text"},
      {"x ${vars.none}", "D0405 [${vars.none}] 'vars.none' is null, which cannot stand inside a text"},
      {"${vars.list | lower}",
       "D0405 [${vars.list | lower}] filter 'lower' takes text, but 'vars.list' is a list"},
      {"${secrets.db | base64}",
       "D0406 [${secrets.db | base64}] filter 'base64' cannot be applied to a secret or an unknown"},
      {"${secrets.db}${steps.image.ref}",
       "D0407 [${steps.image.ref}] a secret and an output that is not known yet stand in one text"},
      {"é ${NOPE} and ${vars.nope}",
       "D0498 [${NOPE}] 'NOPE' is not setD0499 [${vars.nope}] no variable 'vars.nope'"},
  }));
  CHECK(shown(c.text) == c.gives);
}

TEST_CASE("interpolation: every malformed text names its place") {
  struct Case {
    std::string_view text;
    std::string_view gives;
  };
  const auto c = GENERATE(values<Case>({
      {"a ${", "D0401 [${] a name is missing behind '${'"},
      {"a ${}", "D0401 [${}] nothing stands between '${' and '}'"},
      {"a ${vars.x", "D0401 [${vars.x] '${' is never closed"},
      {"${1A}", "D0401 [${1A}] '1A' is no name of an environment variable"},
      {"${my-var}", "D0401 [${my-var}] 'my-var' is no name of an environment variable"},
      {"${vars..x}", "D0401 [${vars..x}] 'vars..x' has an empty part"},
      {"${vars.x y}", "D0401 [${vars.x y}] 'y' cannot stand here"},
      {"${vars.x == 1}", "D0401 [${vars.x == 1}] '=' cannot stand here"},
      {"${vars.x:-y}",
       "D0401 [${vars.x:-y}] 'vars.x' is no environment variable, so ':-' and ':?' do not apply"},
      {"${A:-${B}} rest", "D0409 [${A:-${B}] a default cannot hold another '${'"},
      {"${A | }", "D0401 [${A | }] a filter's name is missing behind '|'"},
      {"${A | upper}", "D0402 [${A | upper}] there is no filter 'upper'"},
      {"${A | lower('x')}", "D0403 [${A | lower('x')}] filter 'lower' takes no argument"},
      {"${A | default}", "D0403 [${A | default}] filter 'default' takes one argument"},
      {"${A | default(x)}", "D0403 [${A | default(x)}] the argument of a filter stands in single quotes"},
      {"${A | default('x}", "D0401 [${A | default('x}] a quoted text is never closed"},
      {"${A | default('x' }", "D0403 [${A | default('x' }] ')' is missing behind the filter's argument"},
  }));
  CHECK(shown(c.text) == c.gives);
}

TEST_CASE("interpolation: several mistakes in one text are all found") {
  const ParsedTemplate parsed = parse_template("${} ok ${a..x} ${A | upper}");
  REQUIRE(parsed.problems.size() == 3);
  CHECK(parsed.problems[2].begin == 15);
}

TEST_CASE("interpolation: help names what exists") {
  CHECK(help_of("${A | lowr}") == "a filter with a similar name exists: 'lower'");
  CHECK_THAT(help_of("${A | upper}"), Contains("slug"));
}

TEST_CASE("interpolation: a secret alone stays a secret, with text it becomes a composed one") {
  CHECK(evaluated("${secrets.db}").value == Value(Secret::reference("db")));
  const Value value = evaluated("postgres://${secrets.user}:${secrets.db}@${vars.domain}/x").value;
  const auto* secret = value.get<Secret>();
  REQUIRE(secret != nullptr);
  std::string parts;
  for (const Secret::Part& part : secret->parts())
    parts += part.name.empty() ? part.literal : "<" + part.name + ">";
  CHECK(parts == "postgres://<user>:<db>@kodex.example.com/x");
}

TEST_CASE("interpolation: an unknown keeps what is known put in") {
  const auto unknown = [](std::string_view text) { return *evaluated(text).value.get<Unknown>(); };
  CHECK(unknown("${steps.image.ref}") == Unknown{"image", "ref", "${steps.image.ref}"});
  CHECK(unknown("${steps.image.api.ref}") == Unknown{"image.api", "ref", "${steps.image.api.ref}"});
  CHECK(unknown("${steps.image.meta.labels.0}").output == "meta.labels.0");
  CHECK(unknown("${vars.domain}/${steps.image.tag | lower}:${vars.port}").expression ==
        "kodex.example.com/${steps.image.tag | lower}:8000");
  CHECK(unknown("$${x} ${vars.braces} ${steps.image.tag}").expression == "$${x} a$${b} ${steps.image.tag}");
  CHECK(unknown("${vars.dollar}${steps.image.tag}").expression == "cost${'$'}${steps.image.tag}");
  CHECK(unknown("${steps.image.tag | default('it''s')}").expression ==
        "${steps.image.tag | default('it''s')}");
}

TEST_CASE("interpolation: resolving gives what evaluating would have given") {
  const Value outputs(Value::Map{{"ref", Value("r@sha256:1")},
                                 {"port", Value(80)},
                                 {"list", Value(Value::List{Value("x")})},
                                 {"key", Value(Secret::reference("made"))}});
  const Outputs known = [&outputs](std::string_view step) { return step == "image" ? &outputs : nullptr; };
  const auto resolved = [&known](std::string_view text) { return resolve(evaluated(text).value, known); };
  CHECK(*resolved("${steps.image.ref}") == Value("r@sha256:1"));
  CHECK(*resolved("${steps.image.port}") == Value(80));
  CHECK(*resolved("${steps.image.list.0}") == Value("x"));
  CHECK(*resolved("$${x} ${vars.dollar}${steps.image.ref | lower} ${vars.braces}") ==
        Value("${x} cost$r@sha256:1 a${b}"));
  CHECK(*resolved("${steps.image.gone | default('d')}") == Value("d"));
  CHECK((*resolved("a${steps.image.key}")).is<Secret>());
  const auto missing = resolved("${steps.image.gone}");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "step 'image' has no output 'gone'");
  CHECK(missing.error().cause == Cause::config);
}

TEST_CASE("interpolation: what is not known yet stays, and is resolved step by step") {
  const Value first(Value::Map{{"ref", Value("r$")}});
  const Value second(Value::Map{{"tag", Value("t${x}")}});
  const Value start(Value::Map{{"a", Value(Unknown{"one", "ref", "${steps.one.ref}/${steps.two.x.tag}"})},
                               {"b", Value(1)}});
  const auto after_one =
      resolve(start, [&](std::string_view step) { return step == "one" ? &first : nullptr; });
  REQUIRE(after_one);
  CHECK(*after_one->find("a")->get<Unknown>() == Unknown{"two", "x.tag", "r$/${steps.two.x.tag}"});
  const auto after_two =
      resolve(*after_one, [&](std::string_view step) { return step == "two.x" ? &second : nullptr; });
  CHECK(*after_two == Value(Value::Map{{"a", Value("r$/t${x}")}, {"b", Value(1)}}));
}

TEST_CASE("interpolation: any text survives being put into an unknown's expression") {
  std::mt19937 random(7);
  const std::string alphabet = "$${}'|ab";
  const Value outputs(Value::Map{{"o", Value("-")}});
  for (int round = 0; round < 5000; ++round) {
    std::string before, after;
    for (unsigned i = random() % 8; i > 0; --i) before += alphabet[random() % alphabet.size()];
    for (unsigned i = random() % 8; i > 0; --i) after += alphabet[random() % alphabet.size()];
    const Lookup lookup = [&](const Reference& reference) {
      if (reference.name == "vars.before") return Answer::found(Value(before));
      if (reference.name == "vars.after") return Answer::found(Value(after));
      return Answer::found(Value(Unknown{"s", "o", ""}));
    };
    const Evaluation unknown =
        evaluate(parse_template("${vars.before}${steps.s.o}${vars.after}").value, lookup);
    const auto resolved = resolve(unknown.value, [&](std::string_view) { return &outputs; });
    REQUIRE(resolved);
    INFO(unknown.value.get<Unknown>()->expression);
    REQUIRE(*resolved == Value(before + "-" + after));
    REQUIRE(evaluate(parse_template(escape_interpolation(before)).value, lookup).value == Value(before));
  }
}

TEST_CASE("interpolation: a filter on a partly known text says so") {
  const Lookup lookup = [](const Reference&) {
    return Answer::found(Value(Unknown{"image", "tag", "reg/${steps.image.tag}"}));
  };
  const Evaluation result = evaluate(parse_template("${vars.image | lower}").value, lookup);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].code == "D0406");
  CHECK(evaluate(parse_template("${vars.image}").value, lookup).value.get<Unknown>()->expression ==
        "reg/${steps.image.tag}");
}
