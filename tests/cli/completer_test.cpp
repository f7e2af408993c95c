#include <algorithm>

#include <catch2/catch.hpp>

#include "cli/completer.hpp"

using namespace deployctl::cli;

namespace {

const ProjectNames names{.environments =
                             [] {
                               return std::vector<Candidate>{{"production", ""}, {"staging", ""}};
                             },
                         .steps =
                             [] {
                               return std::vector<Candidate>{{"web", "host.release"}, {"test", "exec.run"}};
                             },
                         .releases =
                             [](const std::string& environment) {
                               return std::vector<Candidate>{{"1.4.0", "of " + environment}};
                             },
                         .actions =
                             [] {
                               return std::vector<Candidate>{{"host.release", ""}};
                             }};

std::vector<std::string> values(std::vector<std::string> words) {
  std::vector<std::string> out;
  for (const Candidate& candidate : complete(words, names).candidates) out.push_back(candidate.value);
  return out;
}

bool offers(std::vector<std::string> words, const std::string& value) {
  const std::vector<std::string> all = values(std::move(words));
  return std::find(all.begin(), all.end(), value) != all.end();
}

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("completion: commands first, not those that are hidden or later") {
  CHECK(values({"pl"}) == Words{"plan"});
  CHECK(offers({""}, "apply"));
  CHECK(offers({""}, "provider"));
  CHECK_FALSE(offers({""}, "__complete"));
  CHECK(offers({""}, "logs"));
  CHECK(values({"provider", ""}) == Words{"list"});
}

TEST_CASE("completion: arguments by their kind, steps again and again") {
  CHECK(values({"plan", ""}) == Words{"production", "staging"});
  CHECK(values({"plan", "pro"}) == Words{"production"});
  CHECK(values({"plan", "production", ""}).empty());
  CHECK(values({"run", "production", ""}) == Words{"web", "test"});
  CHECK(values({"run", "production", "web", "t"}) == Words{"test"});
  CHECK(values({"explain", "h"}) == Words{"host.release"});
  CHECK(values({"completion", ""}) == Words{"bash", "fish", "zsh"});
  CHECK(values({"lock", ""}) == Words{"list", "production", "staging"});
}

TEST_CASE("completion: flags of the command and of all, and their values") {
  CHECK(values({"plan", "production", "--det"}) == Words{"--detailed-exitcode"});
  CHECK_FALSE(offers({"init", "--"}, "--from"));
  CHECK(offers({"status", "--"}, "--output"));
  CHECK(values({"plan", "--output", ""}) == Words{"text", "json", "ndjson"});
  CHECK(values({"plan", "--output=j"}) == Words{"--output=json"});
  CHECK(values({"--color", "a"}) == Words{"auto", "always"});
  const Completion releases = complete(Words{"rollback", "production", "--to", ""}, names);
  REQUIRE(releases.candidates.size() == 1);
  CHECK(releases.candidates[0].description == "of production");
}

TEST_CASE("completion: files and folders are the shell's own") {
  CHECK(complete(Words{"-f", ""}, names).directive == Directive::files);
  CHECK(complete(Words{"-C", ""}, names).directive == Directive::directories);
  CHECK(complete(Words{"apply", ""}, names).directive == Directive::files);
  CHECK(complete(Words{"plan", ""}, names).directive == Directive::none);
}

TEST_CASE("completion: any words at all give an answer") {
  CHECK_NOTHROW(complete({}, names));
  CHECK_NOTHROW(complete(Words{"--", ""}, names));
  CHECK_NOTHROW(complete(Words{"-", "--=", "=", ""}, names));
  CHECK(values({"nonsense", ""}).empty());
}
