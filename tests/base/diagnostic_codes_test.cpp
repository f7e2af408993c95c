#include "base/diagnostic_codes.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

using deployctl::diagnostic_topics;
using deployctl::DiagnosticCode;
using deployctl::DiagnosticTopic;
using deployctl::find_diagnostic_code;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

bool is_code_file(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return (path.extension() == ".cpp" || path.extension() == ".hpp") &&
         name.rfind("diagnostic_codes_", 0) != 0;
}

// Every "D0123" in a string literal, in code lines: a comment may show one as an example.
std::set<std::string> used_codes() {
  static const std::regex literal("\"(D0[0-9]{3})\"");
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("src")) {
    if (!entry.is_regular_file() || !is_code_file(entry.path())) continue;
    std::istringstream lines(read(entry.path()));
    for (std::string line; std::getline(lines, line);) {
      const std::string code = line.substr(0, line.find("//"));
      for (std::sregex_iterator it(code.begin(), code.end(), literal), end; it != end; ++it)
        out.insert((*it)[1]);
    }
  }
  return out;
}

} // namespace

TEST_CASE("diagnostic codes: every code used in the source is explained") {
  const std::set<std::string> used = used_codes();
  REQUIRE(used.size() > 30);
  for (const std::string& code : used) {
    INFO(code);
    CHECK(find_diagnostic_code(code) != nullptr);
  }
}

TEST_CASE("diagnostic codes: every row has all its texts, in its topic and in order") {
  for (const DiagnosticTopic& topic : diagnostic_topics()) {
    std::string_view last;
    for (const DiagnosticCode& row : topic.codes) {
      INFO(row.code);
      CHECK(row.code.size() == 5);
      CHECK(row.code.substr(0, 3) == topic.prefix);
      CHECK(last < row.code);
      CHECK_FALSE(row.title.empty());
      CHECK(row.explanation.size() > 20);
      CHECK(row.explanation.back() == '.');
      CHECK(row.wrong.size() > 3);
      CHECK(row.right.size() > 3);
      CHECK(row.wrong != row.right);
      last = row.code;
    }
  }
}

TEST_CASE("diagnostic codes: an unknown code is none") {
  CHECK(find_diagnostic_code("D0000") == nullptr);
  CHECK(find_diagnostic_code("") == nullptr);
  CHECK(find_diagnostic_code("D0109")->title == "duplicate key");
}
