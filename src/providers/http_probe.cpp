#include "providers/http_probe.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/json_pointer.hpp"
#include "base/pattern.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"

namespace deployctl::providers {
namespace {

constexpr std::size_t evidence_lines = 5;
constexpr std::size_t longest_evidence_line = 200;

std::vector<std::int64_t> statuses_of(const Value& status) {
  std::vector<std::int64_t> statuses;
  if (const auto* one = status.get<std::int64_t>()) statuses.push_back(*one);
  if (status.list())
    for (const Value& item : *status.list())
      if (const auto* number = item.get<std::int64_t>()) statuses.push_back(*number);
  return statuses;
}

std::string status_mismatch(const Value& wanted, int status) {
  const auto statuses = statuses_of(wanted);
  if (statuses.empty() || std::ranges::find(statuses, status) != statuses.end()) return {};
  std::vector<std::string> names;
  names.reserve(statuses.size());
  for (const std::int64_t each : statuses) names.push_back(std::to_string(each));
  return fmt::format("status {}, wanted {}", status, join(names, " or "));
}

std::string json_mismatch(const JsonRule& rule, const std::string& body) {
  const auto document = parse_json(body, JsonMode::plain);
  if (!document) return "the body is not JSON";
  const auto pointer = parse_json_pointer(rule.pointer);
  if (!pointer) return pointer.error().message;
  const Value* found = find_at(*document, *pointer);
  if (!found) return fmt::format("the body has nothing at '{}'", rule.pointer);
  if (*found == rule.equals) return {};
  return fmt::format("'{}' is {}, wanted {}", rule.pointer, to_json(*found, JsonMode::plain).substr(0, 200),
                     to_json(rule.equals, JsonMode::plain).substr(0, 200));
}

std::string header_mismatch(const std::map<std::string, std::string>& wanted, const HttpResponse& response) {
  for (const auto& [name, value] : wanted) {
    const auto [first, last] = response.headers.equal_range(to_lower(name));
    if (first == last) return fmt::format("the answer has no header '{}'", name);
    bool found = false;
    for (auto header = first; header != last; ++header) found |= header->second == value;
    if (!found)
      return fmt::format("header '{}' is '{}', wanted '{}'", name, first->second.substr(0, 200), value);
  }
  return {};
}

std::vector<std::string> evidence_of(const HttpResponse& response) {
  std::vector<std::string> lines = {fmt::format("status {}", response.status)};
  LineSplitter splitter([&](std::string_view line) {
    if (lines.size() <= evidence_lines && !trim(line).empty())
      lines.emplace_back(line.substr(0, longest_evidence_line));
  });
  splitter.feed(response.body);
  splitter.finish();
  return lines;
}

const std::string* text_at(const Value& inputs, std::string_view path) {
  const Value* found = inputs.find_path(path);
  return found ? found->text() : nullptr;
}

} // namespace

AnswerFields answer_fields() {
  const Field one{.name = "status",
                  .type = FieldType::integer,
                  .help = "One status that is good.",
                  .example = "200",
                  .least = 100,
                  .most = 599};
  return {
      .status = {.name = "status",
                 .type = FieldType::any,
                 .help = "The status that is good, or a list of them.",
                 .example = "[200, 204]",
                 .fallback = 200,
                 .managed = false,
                 .element = {one,
                             {.name = "status",
                              .type = FieldType::list,
                              .help = "Every status that is good.",
                              .example = "[200, 204]",
                              .least = 1,
                              .element = {one}}}},
      .body = {.name = "body", .help = "Text that the body must contain.", .example = "ok", .managed = false},
      .body_pattern = {.name = "body_pattern",
                       .help = "A regular expression (RE2) that must be found in the body.",
                       .example = "'version: 1\\.4\\..*'",
                       .managed = false},
      .json = {.name = "json",
               .help = "A value that the body must hold, when it is JSON.",
               .example = "{ pointer: /status, equals: ok }",
               .managed = false},
      .response_headers = {.name = "response_headers",
                           .type = FieldType::map,
                           .help = "Headers that the answer must have, with their whole value.",
                           .example = "{ X-Release: \"1.4\" }",
                           .managed = false,
                           .element = {{.name = "response_headers",
                                        .help = "The whole value of one header.",
                                        .example = "1.4"}}},
  };
}

Table<JsonRule> json_table() {
  return Table<JsonRule>()
      .add(&JsonRule::pointer, {.name = "pointer",
                                .help = "Where to look, as a JSON pointer (RFC 6901).",
                                .example = "/status",
                                .required = true})
      .add(&JsonRule::equals, {.name = "equals",
                               .type = FieldType::any,
                               .help = "What must stand there.",
                               .example = "ok",
                               .required = true});
}

std::vector<InputProblem> check_answer(const Value& inputs, const std::string& prefix) {
  std::vector<InputProblem> problems;
  if (const auto* pattern = text_at(inputs, prefix + "body_pattern"))
    if (const auto compiled = Pattern::compile(*pattern); !compiled)
      problems.push_back({.path = prefix + "body_pattern", .message = compiled.error().message});
  if (const auto* pointer = text_at(inputs, prefix + "json.pointer"))
    if (const auto parsed = parse_json_pointer(*pointer); !parsed)
      problems.push_back({.path = prefix + "json.pointer",
                          .message = parsed.error().message,
                          .help = "for example /checks/0/status"});
  return problems;
}

std::string mismatch(const AnswerRule& rule, const HttpResponse& response) {
  if (std::string wrong = status_mismatch(rule.status, response.status); !wrong.empty()) return wrong;
  if (std::string wrong = header_mismatch(rule.response_headers, response); !wrong.empty()) return wrong;
  if (!rule.body.empty() && response.body.find(rule.body) == std::string::npos)
    return fmt::format("the body does not contain '{}'", rule.body);
  if (!rule.body_pattern.empty()) {
    const auto pattern = Pattern::compile(rule.body_pattern);
    if (!pattern) return pattern.error().message;
    if (!pattern->found_in(response.body))
      return fmt::format("'{}' is not found in the body", rule.body_pattern);
  }
  return rule.json ? json_mismatch(*rule.json, response.body) : std::string();
}

ProbeResult probe(Http& http, const HttpRequest& request, const AnswerRule& rule, std::stop_token stop) {
  const auto response = http.send(request, std::move(stop));
  if (!response)
    return {.detail = response.error().message,
            .evidence = {response.error().message},
            .error = response.error()};
  ProbeResult result{.status = response->status, .elapsed = response->elapsed};
  result.detail = mismatch(rule, *response);
  result.good = result.detail.empty();
  result.evidence = evidence_of(*response);
  if (result.good)
    result.detail = fmt::format("status {} in {} ms", response->status, response->elapsed.count());
  return result;
}

} // namespace deployctl::providers
