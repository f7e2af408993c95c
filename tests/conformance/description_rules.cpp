// What stands in a description is what users read and what the guard enforces: it must be whole and true.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "base/field_diff.hpp"
#include "base/pattern.hpp"
#include "conformance/subjects.hpp"
#include "providers/builtin.hpp"
#include "simulated/catalog.hpp"

using namespace deployctl;
using namespace deployctl::conformance;

namespace {

bool matches(const std::string& text, const char* pattern) {
  return Pattern::compile(pattern)->matches(text);
}

bool is_sentence(const std::string& text) {
  return matches(text, "[A-Z`~.](?s:.{9,})\\.");
}

bool needs_no_example(FieldType type) {
  return type == FieldType::boolean || type == FieldType::object;
}

void check_fields(const std::vector<Field>& fields, const std::string& path) {
  std::set<std::string> names;
  for (const Field& field : fields) {
    INFO(path << "." << field.name);
    CHECK(matches(field.name, "[a-z][a-z0-9_]*"));
    CHECK(is_sentence(field.help));
    CHECK((needs_no_example(field.type) || !field.example.empty()));
    CHECK((field.type == FieldType::choice) == !field.choices.empty());
    CHECK((field.type != FieldType::object || !field.fields.empty()));
    const bool holds_one = field.type == FieldType::list || field.type == FieldType::map;
    CHECK((!holds_one || field.element.size() == 1));
    if (!field.pattern.empty()) CHECK(Pattern::compile(field.pattern));
    CHECK_FALSE((field.required && field.fallback));
    if (field.type == FieldType::choice && field.fallback && field.fallback->text())
      CHECK(std::ranges::find(field.choices, *field.fallback->text()) != field.choices.end());
    CHECK(names.insert(field.name).second);
    check_fields(field.fields, path + "." + field.name);
    if (holds_one && !field.element.empty()) check_fields(field.element, path + "." + field.name + "[]");
  }
}

Catalog everything() {
  Catalog all = providers::builtin_catalog();
  for (Provider& provider : simulated::make_catalog(std::make_shared<simulated::World>()))
    all.push_back(std::move(provider));
  return all;
}

} // namespace

TEST_CASE("conformance: every action of the lists is held against the rules, and none twice") {
  std::set<std::string> names;
  for (const Subject& subject : subjects())
    if (subject.manner.empty()) CHECK(names.insert(subject.action).second);
  for (const Provider& provider : everything()) {
    INFO(provider.description.name);
    CHECK(names.erase(provider.description.name) == 1);
  }
  CHECK(names.empty());
}

TEST_CASE("conformance: every field has real help and an example") {
  for (const Provider& provider : everything())
    check_fields(provider.description.fields, provider.description.name);
}

TEST_CASE("conformance: a description names, explains and permits") {
  for (const Provider& provider : everything()) {
    const Description& description = provider.description;
    INFO(description.name);
    CHECK(matches(description.name, "[a-z]+\\.[a-z]+"));
    CHECK(is_sentence(description.summary));
    REQUIRE(description.crash_class);
    for (const Output& output : description.outputs) CHECK(is_sentence(output.help));
    for (const FieldGroup& group : description.groups)
      for (const std::string& name : group.names) CHECK(find_field(description.fields, name));
    CHECK(description.on_hosts == (find_field(description.fields, "hosts") != nullptr));
    if (description.on_hosts) CHECK_FALSE(description.strategies.empty());
    const bool is_simulated = description.name.starts_with("sim.");
    CHECK((is_simulated || !description.permissions.empty()));
    CHECK((is_simulated || !description.operations.empty()));
    CHECK(description.default_timeout.count() > 0);
    CHECK(provider.verbs.index() == static_cast<std::size_t>(description.kind));
  }
}

TEST_CASE("conformance: a resource has an identity") {
  for (const Provider& provider : everything()) {
    INFO(provider.description.name);
    if (provider.description.kind == Kind::resource)
      CHECK(std::ranges::any_of(provider.description.fields, &Field::identity));
  }
}

TEST_CASE("conformance: every operation can be matched by the guard") {
  for (const Provider& provider : providers::builtin_catalog()) {
    std::set<std::string> names;
    for (const Operation& operation : provider.description.operations) {
      INFO(provider.description.name << " " << operation.name);
      CHECK(names.insert(operation.name).second);
      CHECK(is_sentence(operation.help));
      if (operation.protocol == Protocol::host)
        CHECK((!operation.script.empty() || !operation.from_input.empty()));
      if (operation.protocol == Protocol::http)
        CHECK((!operation.method.empty() && Pattern::compile(operation.path)));
      if (operation.protocol == Protocol::process)
        CHECK(
            (!operation.from_input.empty() || !operation.path.empty() || operation.effect == Effect::write));
      if (!operation.from_input.empty()) CHECK(find_field(provider.description.fields, operation.from_input));
    }
  }
}
