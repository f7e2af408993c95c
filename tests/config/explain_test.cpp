#include "config/explain.hpp"

#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "base/utf8.hpp"
#include "config/instances.hpp"
#include "config/language.hpp"
#include "config/sample_catalog.hpp"
#include "golden.hpp"

using namespace deployctl;
using namespace deployctl::config;
using Catch::Matchers::Contains;

namespace {

std::string explained(std::string_view subject) {
  const auto text = explain(sample::catalog(), subject);
  return text ? *text : "error: " + text.error().message + "; " + text.error().help;
}

void check_help(const std::string& path, const Field& field) {
  INFO(path);
  CHECK_FALSE(field.help.empty());
  for (const Field& member : field.fields) check_help(path + "." + member.name, member);
  for (const Field& element : field.element) check_help(path + "[]", element);
}

} // namespace

TEST_CASE("explain: a page for a code, an action, a field and a key") {
  for (const std::string subject :
       {"D0109", "exec.run", "host.release", "host.release.health", "host.release.health.within", "language",
        "retry", "steps.strategy.rolling", "batch", "approval", "providers.vault", "providers.vault.address"})
    golden::check("tests/config/explain/" + subject + ".txt", explained(subject));
}

TEST_CASE("explain: every setting of every provider has a page") {
  const Catalog catalog = sample::catalog();
  for (const std::string& provider : provider_names(catalog))
    for (const Field& setting : *settings_of_provider(catalog, provider)) {
      const std::string subject = "providers." + provider + "." + setting.name;
      INFO(subject);
      CHECK_THAT(explained(subject), Contains(subject));
      check_help(subject, setting);
    }
  CHECK_THAT(explained("providers"), Contains("providers.vault") && Contains("(vault://)"));
  CHECK_THAT(explained("providers.vualt"), Contains("a similar subject exists: 'providers.vault'"));
}

TEST_CASE("explain: a subject that does not exist names similar ones") {
  CHECK(explained("host.relase") ==
        "error: nothing is called 'host.relase'; a similar subject exists: 'host.release'");
  CHECK(explained("host.release.helth") ==
        "error: nothing is called 'host.release.helth'; a similar subject exists: 'host.release.health'");
  CHECK_THAT(explained("D0199"), Contains("a similar subject exists: 'D01"));
  CHECK_THAT(explained("entirely-different-thing"), Contains("explain language"));
  CHECK_THAT(explained(""), Contains("error: nothing is called ''"));
}

TEST_CASE("explain: every subject that completion offers has a page of lines that fit") {
  for (const std::string& subject : explain_subjects(sample::catalog())) {
    INFO(subject);
    const auto page = explain(sample::catalog(), subject);
    REQUIRE(page);
    for (const std::string_view line : split(*page, '\n')) {
      const bool code = line.substr(0, 4) == "    ";
      CHECK((code || display_width(line) <= 80));
    }
  }
}

TEST_CASE("explain: every key of the language has help") {
  for (const Field& field : pipeline_fields()) check_help(field.name, field);
}

TEST_CASE("reference: the pages hold every action, key and code") {
  const auto pages = reference_pages(sample::catalog());
  REQUIRE(pages.size() == 4);
  CHECK_THAT(pages[0].text, Contains("## steps.strategy.rolling\n") && Contains("## environments\n"));
  CHECK_THAT(pages[1].text,
             Contains("## host.release (resource)\n") && Contains("### host.release.health\n"));
  CHECK_THAT(pages[2].text, Contains("## providers.vault\n") && Contains("## providers.ssh\n"));
  CHECK_THAT(pages[3].text, Contains("### D0109: duplicate key\n"));
}
