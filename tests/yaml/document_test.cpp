#include "yaml/document.hpp"

#include <catch2/catch.hpp>

#include "yaml/transcript.hpp"

using deployctl::Span;
using deployctl::yaml::Document;
using deployctl::yaml::Node;
using deployctl::yaml::parse;

namespace {

std::string underlined(const Document& document, Span span) {
  return document.source.text.substr(span.begin, span.end - span.begin);
}

// The bytes of the first `part` in the value of `key`.
std::string underlined_part(const std::string& text, const std::string& part) {
  const auto outcome = parse("t", text);
  const Document& document = *outcome.document;
  const Node& node = *document.root.find("k");
  const std::size_t at = node.text.find(part);
  return underlined(document, document.part_of(node, at, at + part.size()));
}

} // namespace

TEST_CASE("document: a part of a scalar is found in the source, whatever its style") {
  CHECK(underlined_part("k: a ${b} c\n", "${b}") == "${b}");
  CHECK(underlined_part("k: \"a\\t${b} c\"\n", "${b}") == "${b}");
  CHECK(underlined_part("k: |\n  one\n  two ${b}\n", "${b}") == "${b}");
  CHECK(underlined_part("k: one\n  two ${b}\n", "${b}") == "${b}");
}

TEST_CASE("document: the second of two equal parts is the second in the source") {
  const auto outcome = parse("t", "k: \"x ${b} ${b}\"\n");
  const Node& node = *outcome.document->root.find("k");
  const Span span = outcome.document->part_of(node, 7, 11);
  CHECK(span.begin == 11);
  CHECK(underlined(*outcome.document, span) == "${b}");
}

TEST_CASE("document: a part that escapes hide underlines the whole scalar") {
  CHECK(underlined_part("k: \"a\\x24{b}\"\n", "${b}") == "\"a\\x24{b}\"");
}

TEST_CASE("document: lookups say nothing where there is nothing") {
  const auto outcome = parse("t", "a: { b: 1 }\n");
  const Node& root = outcome.document->root;
  CHECK(root.find("a")->find("b")->text == "1");
  CHECK(root.find("z") == nullptr);
  CHECK(root.find("a")->find("b")->find("c") == nullptr);
  CHECK(root.entry("a")->key_span == Span{0, 0, 1});
}

TEST_CASE("document: the number of the source stands in every span") {
  const auto outcome = parse("t", "a: [1]\na: 2\n", 7);
  CHECK(outcome.document->root.span.source == 7);
  CHECK(outcome.document->root.find("a")->items.at(0).span == Span{7, 4, 5});
  REQUIRE(outcome.diagnostics.size() == 1);
  CHECK(outcome.diagnostics[0].span.source == 7);
  CHECK(outcome.has_errors());
}
