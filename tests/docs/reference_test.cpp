// The pages under docs/reference and the editor's schema are what the program would say itself.
#include <catch2/catch.hpp>

#include <filesystem>
#include <regex>

#include "config/explain.hpp"
#include "config/manual.hpp"
#include "config/schema.hpp"
#include "golden.hpp"
#include "providers/builtin.hpp"

using namespace deployctl;

TEST_CASE("docs: the reference pages are those of the built-in tables") {
  for (const config::ReferencePage& page : config::reference_pages(providers::builtin_catalog()))
    golden::check("docs/reference/" + page.name, page.text);
}

TEST_CASE("docs: the pipeline schema is that of the built-in tables") {
  golden::check("docs/schema/pipeline.schema.json", config::schema_text(providers::builtin_catalog()));
}

TEST_CASE("docs: the manual page of the language is that of the built-in tables") {
  golden::check("docs/man/deployctl-pipeline.5", config::language_manual());
}

TEST_CASE("docs: the tests that the tables of behaviours and scenarios name are there") {
  const std::regex name("`(?:tests/)?([a-z0-9_/-]+\\.(?:py|cpp))`?");
  for (const char* page : {"docs/behaviours.md", "docs/scenarios.md"}) {
    const std::string text = golden::read(page);
    std::size_t seen = 0;
    for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it, ++seen) {
      INFO(page << ": " << (*it)[1]);
      CHECK(std::filesystem::exists("tests/" + (*it)[1].str()));
    }
    CHECK(seen > 10);
  }
}
