#include "ui/diagnostic_text.hpp"

#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "golden.hpp"
#include "yaml/document.hpp"

using namespace deployctl;
using Catch::Matchers::Contains;
using deployctl::ui::diagnostics_text;
using deployctl::ui::diagnostics_value;

namespace {

const ui::Style plain{.colour = false, .width = 80};

Span span_of(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  return {0, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + part.size())};
}

Diagnostic about(const std::string& text, const std::string& part) {
  return {.code = "D0999", .message = "wrong", .span = span_of(text, part), .label = "here"};
}

// Only the excerpt's own lines, without the blank gutter above.
std::string lines_of(const std::string& text, const std::string& part, const ui::Style& style = plain) {
  const std::string out = diagnostics_text({{"f", text}}, {about(text, part)}, style);
  const std::size_t begin = out.find("|\n") + 2;
  return out.substr(begin, out.find("\n\n") + 1 - begin);
}

} // namespace

TEST_CASE("diagnostics: files full of mistakes read as their golden texts") {
  for (const auto& path : golden::cases("tests/ui/diagnostics", ".yaml")) {
    const std::string text = golden::read(path);
    const std::string name = path.filename().string();
    const auto outcome = yaml::parse(name, text);
    const std::vector<Source> sources = {{name, text}};
    golden::check(std::filesystem::path(path).replace_extension(".text"),
                  diagnostics_text(sources, outcome.diagnostics, plain));
    golden::check(std::filesystem::path(path).replace_extension(".json"),
                  to_pretty_json(diagnostics_value(sources, outcome.diagnostics), JsonMode::plain));
  }
}

TEST_CASE("diagnostics: carets count terminal cells") {
  CHECK(lines_of("é: 日本 x\n", "x") == "1 | é: 日本 x\n  |         ^ here\n");
  CHECK(lines_of("日本: x\n", "日本") == "1 | 日本: x\n  | ^^^^ here\n");
  CHECK(lines_of("a\tb: x\n", "x") == "1 | a   b: x\n  |        ^ here\n");
  CHECK(lines_of("\tx\n", "x") == "1 |     x\n  |     ^ here\n");
  CHECK(lines_of("e\xCC\x81x\n", "x") == "1 | e\xCC\x81x\n  |  ^ here\n"); // a combining accent takes no cell
}

TEST_CASE("diagnostics: what a terminal would obey or cannot show is replaced") {
  CHECK(lines_of("a\x1B[31mb\n", "b") == "1 | a\xEF\xBF\xBD[31mb\n  |       ^ here\n");
  CHECK(lines_of("a\xFFz\n", "z") == "1 | a\xEF\xBF\xBDz\n  |   ^ here\n");
}

TEST_CASE("diagnostics: line ends CR LF do not show") {
  CHECK(lines_of("a: 1\r\nb: 2\r\n", "2") == "1 | a: 1\n2 | b: 2\n  |    ^ here\n");
}

TEST_CASE("diagnostics: a part over several lines is marked to the end of its first") {
  CHECK(lines_of("a: [1,\n  2]\n", "[1,\n  2]") == "1 | a: [1,\n  |    ^^^ here\n");
}

TEST_CASE("diagnostics: an empty part is one caret, also at the end of the text") {
  CHECK(lines_of("a:", "") == "1 | a:\n  | ^ here\n");
  const std::string text = "a: [";
  CHECK_THAT(diagnostics_text({{"f", text}}, {{.code = "D0999", .message = "m", .span = {0, 4, 4}}}, plain),
             Contains("f:1:5") && Contains("1 | a: [\n  |     ^\n"));
}

TEST_CASE("diagnostics: a long line is cut to a window around the part") {
  const std::string text = std::string(500, 'a') + "MARK" + std::string(500, 'b') + "\n";
  const std::string shown = lines_of(text, "MARK");
  CHECK_THAT(shown, Contains("...aaa") && Contains("bbb...") && Contains("MARK"));
  const std::size_t line = shown.find('\n');
  CHECK(line <= 80);
  CHECK(shown.find("MARK") == shown.find("^^^^") - line - 1);
}

TEST_CASE("diagnostics: a wide character cut in half leaves the columns in place") {
  std::string wide = "a";
  for (int i = 0; i < 100; ++i) wide += "日";
  const std::string shown = lines_of(wide + "X" + wide + "\n", "X");
  const std::size_t line = shown.find('\n');
  const auto cells_before = [](std::string_view text) {
    std::size_t cells = 0;
    for (const char c : text)
      cells += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0
               : static_cast<unsigned char>(c) >= 0xE0        ? 2
                                                              : 1;
    return cells;
  };
  CHECK(cells_before(shown.substr(0, shown.find('X'))) == shown.find('^') - line - 1);
}

TEST_CASE("diagnostics: by position, and none twice") {
  const std::string text = "a: 1\nb: 2\n";
  const std::vector<Diagnostic> given = {about(text, "b"), about(text, "a"), about(text, "b")};
  const std::string out = diagnostics_text({{"f", text}}, given, plain);
  CHECK(out.find("f:1:1") < out.find("f:2:1"));
  CHECK_THAT(out, Contains("2 errors; `deployctl explain D0999`"));
  CHECK(diagnostics_value({{"f", text}}, given).list()->size() == 2);
}

TEST_CASE("diagnostics: text shows 50 and counts the rest, data holds all") {
  std::string text;
  std::vector<Diagnostic> given;
  for (std::uint32_t i = 0; i < 64; ++i) {
    text += "x\n";
    given.push_back({.severity = i < 60 ? Severity::error : Severity::warning,
                     .code = "D0999",
                     .message = "m",
                     .span = {0, 2 * i, 2 * i + 1}});
  }
  const std::string out = diagnostics_text({{"f", text}}, given, plain);
  CHECK_THAT(out, Contains("f:50:1") && !Contains("f:51:1") &&
                      Contains("and 14 more: 10 errors, 4 warnings\n60 errors, 4 warnings; "));
  CHECK(diagnostics_value({{"f", text}}, given).list()->size() == 64);
}

TEST_CASE("diagnostics: a place in an unknown source is left out, the words stay") {
  CHECK(diagnostics_text({}, {{.code = "D0999", .message = "m", .help = "h"}}, plain) ==
        "error[D0999]: m\n  |\n  = help: h\n\n1 error; `deployctl explain D0999` explains a code\n");
  CHECK(diagnostics_value({}, {{.code = "D0999", .message = "m"}}) ==
        Value(Value::List{Value(Value::Map{{"severity", "error"}, {"code", "D0999"}, {"message", "m"}})}));
}

TEST_CASE("diagnostics: nothing to say is nothing said") {
  CHECK(diagnostics_text({{"f", "x"}}, {}, plain).empty());
  CHECK(diagnostics_value({{"f", "x"}}, {}) == Value(Value::List{}));
}

TEST_CASE("diagnostics: colour adds sequences and changes no text") {
  const std::string text = "a: 1\n";
  const std::string coloured =
      diagnostics_text({{"f", text}}, {about(text, "a")}, {.colour = true, .width = 80});
  CHECK_THAT(coloured, Contains("\033[1;31merror[D0999]\033[0m"));
  std::string stripped;
  for (std::size_t at = 0; at < coloured.size(); ++at) {
    if (coloured[at] == '\033')
      at = coloured.find('m', at);
    else
      stripped += coloured[at];
  }
  CHECK(stripped == diagnostics_text({{"f", text}}, {about(text, "a")}, plain));
}
