#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/shell_word.hpp"
#include "base/strings.hpp"
#include "config/interpolation.hpp"
#include "config/interpolation_filters.hpp"

namespace deployctl::config {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view malformed = "D0401";
constexpr std::string_view unknown_filter = "D0402";
constexpr std::string_view filter_argument = "D0403";
constexpr std::string_view nested_default = "D0409";
constexpr std::array<std::string_view, 2> reserved = {"environment", "project"}; // no environment variables

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name_byte(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}

// One pass over one text. The first fault of a `${...}` ends it; reading goes on behind its closing brace.
class TemplateReader {
public:
  explicit TemplateReader(std::string_view text) : text_(text) {}

  ParsedTemplate read() {
    while (at_ < text_.size()) {
      if (starts("$${"))
        take_literal("${", 3);
      else if (starts("${"))
        reference();
      else
        take_literal(text_.substr(at_, 1), 1);
    }
    flush();
    return std::move(out_);
  }

private:
  [[nodiscard]] bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

  void take_literal(std::string_view text, std::size_t bytes) {
    literal_ += text;
    at_ += bytes;
  }

  void flush() {
    if (!literal_.empty()) out_.value.parts.emplace_back(std::move(literal_));
    literal_.clear();
  }

  bool problem(std::string_view code, std::string message, std::string help) {
    const std::size_t brace = text_.find('}', at_);
    at_ = brace == std::string_view::npos ? text_.size() : brace + 1;
    out_.problems.push_back({std::string(code), begin_, at_, std::move(message), std::move(help)});
    return false;
  }

  void reference() {
    begin_ = at_;
    at_ += 2;
    Reference reference;
    skip_blanks();
    const bool whole =
        name(reference) && check_name(reference) && alternative(reference) && filters(reference) && close();
    if (!whole) return;
    flush();
    reference.begin = begin_;
    reference.end = at_;
    out_.value.parts.emplace_back(std::move(reference));
  }

  bool name(Reference& out) {
    if (next() == '\'') {
      out.kind = Reference::Kind::constant;
      return quoted(out.name);
    }
    const std::size_t begin = at_;
    while (is_name_byte(next())) ++at_;
    out.name = std::string(text_.substr(begin, at_ - begin));
    if (!out.name.empty()) return true;
    return problem(malformed,
                   next() == '}' ? "nothing stands between '${' and '}'" : "a name is missing behind '${'",
                   "write `${vars.NAME}` or `${NAME}`; `$${` gives a literal '${'");
  }

  bool check_name(Reference& out) {
    if (out.kind == Reference::Kind::constant) return true;
    const std::string_view root = out.root();
    if (root == out.name && std::find(reserved.begin(), reserved.end(), root) == reserved.end()) {
      out.kind = Reference::Kind::variable;
      return is_variable_name(out.name) ||
             problem(malformed, fmt::format("'{}' is no name of an environment variable", out.name),
                     "such names have letters, digits and '_', and begin with no digit");
    }
    for (const std::string_view part : split(out.name, '.'))
      if (part.empty())
        return problem(malformed, fmt::format("'{}' has an empty part", out.name),
                       "write names with one dot between parts");
    return true; // whether it names anything is the lookup's to say
  }

  // `:-default` and `:?message` run to the closing brace, as written.
  bool alternative(Reference& out) {
    skip_blanks();
    if (!starts(":-") && !starts(":?")) return true;
    const bool fallback = starts(":-");
    at_ += 2;
    const std::size_t end = std::min(text_.find('}', at_), text_.size());
    const std::string_view words = text_.substr(at_, end - at_);
    if (words.find("${") != std::string_view::npos)
      return problem(nested_default, "a default cannot hold another '${'",
                     "put the other value under `vars` and name that");
    if (out.kind != Reference::Kind::variable)
      return problem(malformed,
                     fmt::format("'{}' is no environment variable, so ':-' and ':?' do not apply", out.name),
                     fmt::format("write `${{{} | default('...')}}`", out.name));
    (fallback ? out.fallback : out.message) = std::string(words);
    at_ = end;
    return true;
  }

  bool filters(Reference& out) {
    for (skip_blanks(); next() == '|'; skip_blanks()) {
      ++at_;
      skip_blanks();
      if (!filter(out)) return false;
    }
    return true;
  }

  bool filter(Reference& out) {
    const std::size_t begin = at_;
    while (is_letter(next()) || is_digit(next()) || next() == '_') ++at_;
    Filter filter{.name = std::string(text_.substr(begin, at_ - begin)), .argument = {}};
    const FilterRule* const rule = find_filter(filter.name);
    if (rule == nullptr) return no_such_filter(filter.name);
    if (rule->takes_argument != (next() == '('))
      return problem(
          filter_argument,
          fmt::format("filter '{}' takes {} argument", filter.name, rule->takes_argument ? "one" : "no"),
          rule->takes_argument ? fmt::format("write `{}('text')`", filter.name) : "");
    if (rule->takes_argument && !argument(filter)) return false;
    out.filters.push_back(std::move(filter));
    return true;
  }

  bool no_such_filter(const std::string& name) {
    std::vector<std::string> names;
    for (const FilterRule& rule : filter_rules()) names.emplace_back(rule.name);
    if (name.empty())
      return problem(malformed, "a filter's name is missing behind '|'", "filters: " + join(names, ", "));
    const std::vector<std::string> near = similar_names(name, names);
    return problem(unknown_filter, fmt::format("there is no filter '{}'", name),
                   near.empty() ? "filters: " + join(names, ", ")
                                : fmt::format("a filter with a similar name exists: '{}'", near.front()));
  }

  bool argument(Filter& out) {
    ++at_;
    skip_blanks();
    if (next() != '\'')
      return problem(filter_argument, "the argument of a filter stands in single quotes",
                     "write `default('text')`");
    if (!quoted(out.argument)) return false;
    skip_blanks();
    if (next() != ')')
      return problem(filter_argument, "')' is missing behind the filter's argument",
                     "write `default('text')`");
    ++at_;
    return true;
  }

  bool quoted(std::string& out) {
    for (++at_; at_ < text_.size(); ++at_) {
      const bool quote = text_[at_] == '\'';
      if (quote && text_.substr(at_, 2) != "''") break;
      if (quote) ++at_;
      out += text_[at_];
    }
    if (at_ >= text_.size())
      return problem(malformed, "a quoted text is never closed", "add the closing single quote");
    ++at_;
    return true;
  }

  bool close() {
    if (next() == '}') {
      ++at_;
      return true;
    }
    if (at_ >= text_.size())
      return problem(malformed, "'${' is never closed", "add '}'; or write `$${` for a literal '${'");
    return problem(malformed, fmt::format("'{}' cannot stand here", text_.substr(at_, 1)),
                   "write `${name}` or `${name | filter}`; `$${` gives a literal '${'");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::string literal_;
  ParsedTemplate out_;
};

} // namespace

ParsedTemplate parse_template(std::string_view text) {
  return TemplateReader(text).read();
}

} // namespace deployctl::config
