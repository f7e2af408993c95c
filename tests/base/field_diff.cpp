#include "base/field_diff.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;

namespace {

std::vector<Field> release_table() {
  Field shared{.name = "shared", .type = FieldType::map};
  shared.element = {Field{.name = "", .type = FieldType::path}};
  Field health{.name = "health", .type = FieldType::object};
  health.fields = {Field{.name = "url"},
                   Field{.name = "status", .type = FieldType::integer, .fallback = Value(200)}};
  return {
      Field{.name = "path", .type = FieldType::path, .required = true, .identity = true},
      Field{.name = "files", .type = FieldType::tree},
      shared,
      health,
      Field{.name = "engine", .immutable = true},
      Field{.name = "password", .secret = SecretUse::value},
      Field{.name = "keep", .type = FieldType::integer, .fallback = Value(5), .managed = false},
      Field{.name = "note", .annotation = true},
  };
}

Value tree(Value::Map entries) {
  return Value::Map{{"path", "dist"}, {"entries", std::move(entries)}};
}
Value file(const char* digest, int mode = 0644) {
  return Value::Map{{"sha256", digest}, {"mode", mode}};
}

std::vector<std::string> paths(const FieldDiff& diff) {
  std::vector<std::string> result;
  for (const FieldChange& change : diff.fields) result.push_back(change.path);
  return result;
}

} // namespace

TEST_CASE("field diff: equal values have no difference") {
  const Value both = Value::Map{{"path", "/srv/app"}, {"shared", Value::Map{{"log", "/var/log"}}}};
  CHECK(diff_fields(release_table(), both, both).empty());
}

TEST_CASE("field diff: a field that is not written is not managed, a written null resets it") {
  const Value before = Value::Map{{"path", "/srv/app"}, {"engine", "a"}, {"note", "x"}};
  CHECK(diff_fields(release_table(), before, Value::Map{{"path", "/srv/app"}}).empty());
  const FieldDiff reset = diff_fields(release_table(), before, Value::Map{{"note", Value()}});
  REQUIRE(paths(reset) == std::vector<std::string>{"note"});
  CHECK(reset.fields[0].after.is_null());
}

TEST_CASE("field diff: trees differ by content, link and mode of their entries, never by local path") {
  const Value before =
      Value::Map{{"files", tree({{"bin/app", file("aa")}, {"old", file("cc")}, {"run", file("ee")}})}};
  Value wanted =
      Value::Map{{"files", tree({{"bin/app", file("bb")}, {"new", file("dd")}, {"run", file("ee", 0755)}})}};
  wanted["files"]["path"] = "elsewhere";
  const FieldDiff diff = diff_fields(release_table(), before, wanted);
  REQUIRE(paths(diff) ==
          std::vector<std::string>{"files.bin/app", "files.new", "files.old", "files.run.mode"});
  CHECK(diff.fields[0].before == Value("sha256:aa"));
  CHECK(diff.fields[0].after == Value("sha256:bb"));
  CHECK(diff.fields[1].before.is_null());
  CHECK(diff.fields[2].after.is_null());
  CHECK(diff.fields[3].after == Value("0755"));
}

TEST_CASE("field diff: a written map is owned whole") {
  const Value before = Value::Map{{"shared", Value::Map{{"a", "1"}, {"b", "2"}}}};
  const Value wanted = Value::Map{{"shared", Value::Map{{"b", "3"}, {"c", "4"}}}};
  CHECK(paths(diff_fields(release_table(), before, wanted)) ==
        std::vector<std::string>{"shared.a", "shared.b", "shared.c"});
}

TEST_CASE("field diff: an immutable change replaces what exists, and creates what does not") {
  const Value wanted = Value::Map{{"engine", "b"}};
  CHECK(diff_fields(release_table(), Value::Map{{"engine", "a"}}, wanted).replaces);
  CHECK(diff_fields(release_table(), Value::Map{}, wanted).replaces);
  CHECK_FALSE(diff_fields(release_table(), Value(), wanted).replaces);
}

TEST_CASE("field diff: notes alone are no deployment, fields nothing shows never differ") {
  const Value before = Value::Map{{"note", "x"}, {"engine", "a"}};
  CHECK(diff_fields(release_table(), before, Value::Map{{"note", "y"}}).annotations_only);
  CHECK_FALSE(
      diff_fields(release_table(), before, Value::Map{{"note", "y"}, {"engine", "b"}}).annotations_only);
  CHECK(diff_fields(release_table(), before, Value::Map{{"keep", 9}}).empty());
}

TEST_CASE("field diff: secrets differ by reference and version, never by bytes") {
  const Value one = Value::Map{{"password", Secret::reference("db", "v1")}};
  const Value two = Value::Map{{"password", Secret::reference("db", "v2")}};
  CHECK(diff_fields(release_table(), one, one).empty());
  CHECK(paths(diff_fields(release_table(), one, two)) == std::vector<std::string>{"password"});
  CHECK(diff_fields(release_table(), Value::Map{{"password", "v1"}}, one).empty());
  const Value unknown_version = Value::Map{{"password", Secret::reference("db")}};
  CHECK_FALSE(diff_fields(release_table(), Value::Map{{"password", ""}}, unknown_version).empty());
}

TEST_CASE("field diff: an unknown is a change to that unknown") {
  const Unknown unknown{.step = "image", .output = "ref", .expression = "${steps.image.ref}"};
  const Value before = Value::Map{{"health", Value::Map{{"url", "a"}}}};
  const FieldDiff diff =
      diff_fields(release_table(), before, Value::Map{{"health", Value::Map{{"url", unknown}}}});
  REQUIRE(paths(diff) == std::vector<std::string>{"health.url"});
  CHECK(diff.fields[0].after == Value(unknown));
}

TEST_CASE("defaults: fill what is not written or reset, also inside objects that are written") {
  const Value filled =
      with_defaults(release_table(),
                    Value::Map{{"keep", Value()}, {"note", Value()}, {"health", Value::Map{{"url", "u"}}}});
  CHECK(filled == Value(Value::Map{{"keep", 5},
                                   {"note", Value()},
                                   {"health", Value::Map{{"url", "u"}, {"status", 200}}}}));
  CHECK(with_defaults(release_table(), Value::Map{}).find("health") == nullptr);
}

TEST_CASE("managed part: only what is managed, written and seen") {
  const Value observed =
      Value::Map{{"keep", 3}, {"engine", "a"}, {"health", Value::Map{{"url", "u"}, {"status", 1}}}};
  const Value wanted = Value::Map{{"keep", 5}, {"note", "n"}, {"health", Value::Map{{"url", "v"}}}};
  CHECK(managed_part(release_table(), observed, wanted) ==
        Value(Value::Map{{"health", Value::Map{{"url", "u"}}}}));
}
