// One HTTP request and whether its answer is as wanted: what http.check samples and host.release waits for.
// Decides nothing about how often; that is the engine's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/input.hpp>
#include <deployctl/ports/http.hpp>
#include <deployctl/provider.hpp>

namespace deployctl::providers {

struct JsonRule {
  std::string pointer;
  Value equals;
};

// What an answer must be. Empty members ask for nothing.
struct AnswerRule {
  Value status; // one status or a list
  std::string body;
  std::string body_pattern;
  std::optional<JsonRule> json;
  std::map<std::string, std::string> response_headers; // names in any case, whole values
};

// The fields of AnswerRule, for a table whose inputs derive from it.
struct AnswerFields {
  Field status, body, body_pattern, json, response_headers;
};
AnswerFields answer_fields();
Table<JsonRule> json_table();

template <class T>
void add_answer(Table<T>& table) {
  AnswerFields fields = answer_fields();
  table.add(static_cast<Value T::*>(&AnswerRule::status), std::move(fields.status))
      .add(static_cast<std::string T::*>(&AnswerRule::body), std::move(fields.body))
      .add(static_cast<std::string T::*>(&AnswerRule::body_pattern), std::move(fields.body_pattern))
      .object(static_cast<std::optional<JsonRule> T::*>(&AnswerRule::json), std::move(fields.json),
              json_table())
      .add(static_cast<std::map<std::string, std::string> T::*>(&AnswerRule::response_headers),
           std::move(fields.response_headers));
}

// Mistakes that the table cannot see: bad patterns, pointers, statuses. Paths are below `prefix` ("health.").
std::vector<InputProblem> check_answer(const Value& inputs, const std::string& prefix = {});

// Empty: the answer is as wanted. Otherwise what differs: "status 503, wanted 200".
std::string mismatch(const AnswerRule& rule, const HttpResponse& response);

struct ProbeResult {
  bool good = false;
  std::string detail;                // "status 200 in 12 ms", or what is wrong
  std::vector<std::string> evidence; // status line and first lines of the body, sanitised
  std::optional<Error> error;        // no answer arrived
  int status = 0;
  Milliseconds elapsed{0};
};

// Sends `request` once.
ProbeResult probe(Http& http, const HttpRequest& request, const AnswerRule& rule, std::stop_token stop);

} // namespace deployctl::providers
