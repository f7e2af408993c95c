// A page of documentation as data, made from the tables: one content, two forms (text for a terminal,
// Markdown). Only for explain.cpp and reference.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/provider.hpp>

#include "base/diagnostic_codes.hpp"

namespace deployctl::config {

struct DocRow {
  std::string name;
  std::string note; // beside the name: type, "required"
  std::string text;
};

struct DocSection {
  std::string title;
  std::string code; // shown as it is
  std::vector<DocRow> rows;
};

struct DocPage {
  std::string title;
  std::string text;
  std::vector<DocSection> sections;
};

DocPage page_of(const DiagnosticCode& code);
DocPage page_of(const Description& action);
DocPage page_of(const std::string& path, const Field& field);
DocPage page_of_provider(const std::string& provider, std::span<const Field> settings);
DocPage page_of_language(std::string title, std::string text, std::span<const Field> fields);

std::string to_text(const DocPage& page);                // at most 80 columns where words allow
std::string to_markdown(const DocPage& page, int level); // level 1: "# title"

// What the settings of a provider are for; empty: nobody says.
std::string provider_help(std::string_view provider);

// What stands below a field, through lists, maps and the shapes of one that may be written in several ways.
std::span<const Field> members_of(const Field& field);

} // namespace deployctl::config
