// Examples in help, schema and docs must be what the validator accepts.
#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "config/explain.hpp"
#include "config/load.hpp"
#include "config/schema_judge.hpp"
#include "golden.hpp"
#include "providers/builtin.hpp"

using namespace deployctl;
using Catch::Matchers::Contains;

namespace {

// Files are taken to be there: examples are about form.
class AnyFiles : public config::FileProbe {
public:
  Result<Value> file(const std::string& path) const override {
    return Value(Value::Map{{"path", path}, {"sha256", std::string(64, '0')}, {"size", 1}, {"mode", 0644}});
  }
  Result<Value> tree(const std::string& path) const override {
    return Value(Value::Map{{"path", path}, {"sha256", std::string(64, '0')}, {"entries", Value::Map{}}});
  }
  bool exists(const std::string&) const override { return true; }
};

std::vector<Diagnostic> validated(const yaml::Document& document) {
  const AnyFiles files;
  const config::Facts facts;
  const config::Probes probes{files, [] { return std::vector<std::string>{"Asia/Taipei", "UTC"}; }};
  const Catalog catalog = providers::builtin_catalog();
  return config::validate({document, facts, catalog, probes});
}

std::string place_of(const std::string& action) {
  const Catalog catalog = providers::builtin_catalog();
  const bool is_notice = find_provider(catalog, action)->description.kind == Kind::notice;
  return is_notice ? "steps: {}\nnotify:\n  - " : "steps:\n  a:\n    ";
}

// What the validator says about the example itself; that other fields are missing is not its fault.
void check_example(const std::string& action, const std::string& path, const std::string& opening,
                   std::size_t indent, const Field& field) {
  const std::string blanks(indent, ' ');
  const std::string head = "version: 1\nproject: p\nenvironments: { e: { hosts: { web: [local] } } }\n"
                           "secrets: { token: env://T }\nvars: { x: 1 }\n" +
                           place_of(action) + "uses: " + action + "\n    with:\n" + opening + blanks +
                           field.name + ": ";
  const std::string example = replace_all(field.example, "\n", "\n" + blanks);
  const auto parsed = yaml::parse("f", head + example + "\n");
  INFO(path << ": " << field.example);
  for (const Diagnostic& d : parsed.diagnostics) FAIL_CHECK(d.message);
  REQUIRE(parsed.document);
  for (const Diagnostic& d : validated(*parsed.document))
    if (d.span.begin >= head.size() && d.code != "D0202") FAIL_CHECK(d.code << " " << d.message);
}

void check_examples(const std::string& action, const std::string& path, const std::string& opening,
                    std::size_t indent, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    const std::string here = path + "." + field.name;
    if (!field.example.empty()) check_example(action, here, opening, indent, field);
    if (field.type == FieldType::object)
      check_examples(action, here, opening + std::string(indent, ' ') + field.name + ":\n", indent + 2,
                     field.fields);
  }
}

} // namespace

TEST_CASE("docs: every example of an action's field is accepted by its field") {
  for (const Provider& provider : providers::builtin_catalog())
    check_examples(provider.description.name, provider.description.name, "", 6, provider.description.fields);
}

TEST_CASE("docs: the repository's examples are accepted by validator and editor alike") {
  const sample::Judge judge(providers::builtin_catalog());
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator("examples")) {
    const auto file = entry.path() / "deploy.yaml";
    if (!std::filesystem::exists(file)) continue;
    INFO(file.string());
    const auto parsed = yaml::parse(file.string(), golden::read(file));
    REQUIRE(parsed.document);
    CHECK(parsed.diagnostics.empty());
    std::size_t errors = 0;
    for (const Diagnostic& d : validated(*parsed.document)) errors += d.severity == Severity::error ? 1U : 0U;
    const std::string refusal = judge.refusal(sample::to_json_document(parsed.document->root));
    INFO(refusal);
    // An example of an action that is still to come is refused by both.
    CHECK(refusal.empty() == (errors == 0));
    ++seen;
  }
  CHECK(seen > 0);
}

TEST_CASE("docs: every built-in action and each of its fields has a page") {
  const Catalog catalog = providers::builtin_catalog();
  for (const Provider& provider : catalog) {
    const Description& action = provider.description;
    INFO(action.name);
    REQUIRE(config::explain(catalog, action.name));
    for (const Field& field : action.fields) {
      const auto page = config::explain(catalog, action.name + "." + field.name);
      REQUIRE(page);
      CHECK_THAT(*page, Contains(field.help.substr(0, 20)));
    }
  }
}
