#include <catch2/catch.hpp>

#include <set>
#include <string>

#include "base/field_diff.hpp"
#include "base/pattern.hpp"
#include "config/catalog_names.hpp"
#include "config/freeze.hpp"
#include "config/graph.hpp"
#include "config/hosts.hpp"
#include "config/language.hpp"
#include "config/presence.hpp"
#include "config/version_number.hpp"

using namespace deployctl;
using namespace deployctl::config;

TEST_CASE("hosts: user, address and port are told apart") {
  struct Row {
    std::string text, name, user, address;
    int port;
  };
  const auto rows = std::vector<Row>{
      {"web-1.example.com", "web-1.example.com", "", "web-1.example.com", 0},
      {"deploy@web-1:2222", "web-1:2222", "deploy", "web-1", 2222},
      {"a.b@web_1", "web_1", "a.b", "web_1", 0},
      {"203.0.113.7", "203.0.113.7", "", "203.0.113.7", 0},
      {"[2001:db8::1]:22", "[2001:db8::1]:22", "", "2001:db8::1", 22},
      {"root@fe80::1%eth0", "fe80::1%eth0", "root", "fe80::1%eth0", 0},
      {"local", "local", "", "local", 0},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto host = parse_host(row.text);
    REQUIRE(host);
    CHECK(host->name == row.name);
    CHECK(host->user == row.user);
    CHECK(host->address == row.address);
    CHECK(host->port == row.port);
  }
}

TEST_CASE("hosts: nothing that ssh or a shell could read as something else") {
  for (const std::string text :
       {"",      "-",       "-oProxyCommand=x", "-x@host",    "user@-host", "a b",  "a;b",    "$(x)",
        "host:", "host:0",  "host:-1",          "host:65536", "host:022",   "[::1", "[::1]x", "user@",
        "@host", "local:1", "me@local",         "a\nb",       "host/x"}) {
    INFO(text);
    CHECK_FALSE(parse_host(text));
  }
}

TEST_CASE("hosts: what ${host.…} gives has nothing that was not written") {
  CHECK(host_values(*parse_host("local")).find("port") == nullptr);
  CHECK(*host_values(*parse_host("a@b:22")).find("port") == Value(22));
}

TEST_CASE("freeze: moments of the week and of the calendar") {
  CHECK(parse_freeze_moment("mon 00:00")->minute_of_week == 0);
  CHECK(parse_freeze_moment("sun 23:59")->minute_of_week == 7 * 24 * 60 - 1);
  CHECK(parse_freeze_moment("2028-02-29 08:00")->date == "2028-02-29 08:00");
  for (const char* text : {"", "mon", "mon 24:00", "Mon 08:00", "mon 8:00", "2027-02-29 08:00",
                           "2026-13-01 08:00", "2026-12-24"})
    CHECK_FALSE(parse_freeze_moment(text));
}

TEST_CASE("versions: numbers between dots, compared as numbers") {
  CHECK(compare_versions("0.1", "0.1.0") == 0);
  CHECK(compare_versions("1.10", "1.9") > 0);
  CHECK(compare_versions("0.1", "0.2") < 0);
  for (const char* text : {"", ".", "1.", "a", "1.2.3.4", "-1", "1.x", "1234567"})
    CHECK_FALSE(parse_version(text));
}

TEST_CASE("presence: branches and tags are alternatives, environments must hold too") {
  Facts facts;
  facts.git = GitFacts{.branch = "release/1", .tags = {"v1.0"}};
  const auto decide = [&](PresenceRule rule) {
    rule.environment = "production";
    return decide_presence(rule, facts, true);
  };
  CHECK(decide({}).empty());
  CHECK(decide({.branches = {"main", "release/*"}}).empty());
  CHECK(decide({.branches = {"main"}, .tags = {"v*"}}).empty());
  CHECK(decide({.branches = {"main"}, .tags = {"w*"}}) == "when: { branches: [main], tags: [w*] }");
  CHECK(decide({.listed = {"staging"}, .is_listed = true, .tags = {"v*"}}) == "environments: [staging]");
  facts.git.reset();
  CHECK_FALSE(decide({.branches = {"*"}}).empty());
  CHECK(decide_presence({.branches = {"x"}}, facts, false).empty());
}

TEST_CASE("graph: a cycle is found in a chain of ten thousand") {
  std::vector<Edge> edges;
  for (std::size_t i = 1; i < 10'000; ++i) edges.push_back({.from = i, .to = i - 1, .span = {}});
  CHECK(find_cycles(10'000, edges).empty());
  edges.push_back({.from = 0, .to = 9'999, .span = {}});
  const auto cycles = find_cycles(10'000, edges);
  REQUIRE(cycles.size() == 1);
  CHECK(cycles.front().size() == 10'001);
  CHECK(cycles.front().front() == cycles.front().back());
}

TEST_CASE("graph: many cycles are not all told") {
  std::vector<Edge> edges;
  for (std::size_t a = 0; a < 60; ++a)
    for (std::size_t b = 0; b < 60; ++b) edges.push_back({.from = a, .to = b, .span = {}});
  CHECK(find_cycles(60, edges).size() == 20);
}

namespace {

void check_texts(const std::vector<Field>& fields, const std::string& around, int depth) {
  std::set<std::string> names;
  for (const auto& field : fields) {
    INFO(around << "." << field.name);
    CHECK(names.insert(field.name).second);
    CHECK(field.help.size() > 3);
    CHECK(field.help.back() == '.');
    CHECK((field.since == later_version || parse_version(field.since)));
    if (depth < 8) check_texts(field.fields, around + "." + field.name, depth + 1);
    if (field.type == FieldType::list || field.type == FieldType::map) CHECK(field.element.size() == 1);
  }
}

} // namespace

TEST_CASE("language: every key has a sentence of help and a version") {
  check_texts(pipeline_fields(), "pipeline", 0);
  check_texts(environment_fields(), "environment", 0);
  check_texts(step_fields(), "step", 0);
  check_texts(finally_fields(), "finally", 0);
  check_texts(gate_fields(), "gate", 0);
  check_texts(notice_fields(), "notice", 0);
  for (const auto& key : overlay_keys()) CHECK(find_field(environment_fields(), key) != nullptr);
  for (const auto& key : overlay_keys()) CHECK(find_field(pipeline_fields(), key) != nullptr);
}

TEST_CASE("language: ids are what their pattern says") {
  const auto pattern = Pattern::compile(id_pattern);
  for (const std::string text :
       {"a", "a1", "a_b-c", "", "1a", "A", "aB", "-a", "_a", "a.b", "a b", "\xC3\xA9", "a\n"})
    CHECK(is_id(text) == pattern->matches(text));
  CHECK(is_id(std::string(63, 'a')));
  CHECK_FALSE(is_id(std::string(64, 'a')));
}

TEST_CASE("language: what later versions enforce") {
  for (const char* key : {"notify", "policy"})
    CHECK(in_this_version(find_field(pipeline_fields(), key)->since));
  CHECK_FALSE(in_this_version(find_field(finally_fields(), "approval")->since));
  for (const char* key : {"allow", "approval", "freeze", "from", "protected", "hosts", "vars", "steps"})
    CHECK(in_this_version(find_field(environment_fields(), key)->since));
  CHECK_FALSE(in_this_version("99.0"));
  CHECK(in_this_version("0.1"));
}

TEST_CASE("catalog names: sorted, each once, with a provider part") {
  std::string_view last;
  for (const auto& action : later_actions()) {
    INFO(action.name);
    CHECK(last < action.name);
    CHECK(provider_of(action.name).size() + 1 < action.name.size());
    last = action.name;
  }
}
