#include "cloud/aws/wire.hpp"

#include <array>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/json.hpp"
#include "base/wiped.hpp"
#include "cloud/aws/xml.hpp"

namespace deployctl::aws {
namespace {

std::string first_text(const Value& document, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const Value* found = document.find_path(name))
      if (found->text()) return *found->text();
  return {};
}

// "aws.protocol#NotFoundException:http://internal/" is NotFoundException.
std::string bare_code(std::string_view code) {
  code = code.substr(0, code.find(':'));
  const std::size_t hash = code.rfind('#');
  return std::string(hash == std::string_view::npos ? code : code.substr(hash + 1));
}

std::string header(const HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

// The error stands alone or in a list of one, by service.
Fault query_fault(const HttpResponse& response) {
  const auto document = parse_xml(response.body);
  if (!document) return {};
  for (const char* place : {"ErrorResponse.Error", "ErrorResponse.Errors.Error", "Response.Errors.Error"})
    if (const Value* error = document->find_path(place))
      return {.code = first_text(*error, {"Code"}), .message = first_text(*error, {"Message"})};
  return {};
}

Fault json_fault(const HttpResponse& response) {
  const auto document = parse_json(response.body, JsonMode::plain);
  const Value body = document ? *document : Value();
  // A service that once spoke the query protocol keeps its old names: "Code;Sender".
  const std::string old_name = header(response, "x-amzn-query-error");
  Fault fault{.code = old_name.substr(0, old_name.find(';')),
              .message = first_text(body, {"message", "Message", "errorMessage", "error_description"})};
  if (fault.code.empty()) fault.code = bare_code(header(response, "x-amzn-errortype"));
  if (fault.code.empty()) fault.code = bare_code(first_text(body, {"__type", "code", "error"}));
  return fault;
}

} // namespace

Result<WireRequest> json_request(std::string_view target, std::string name, const Value& input) {
  WireRequest request{.protocol = WireProtocol::json_1_1, .name = std::move(name)};
  request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", fmt::format("{}.{}", target, request.name)}};
  DEPLOYCTL_TRY(request.body, json_body(input));
  return request;
}

Result<WireRequest> query_request(std::string name, std::string_view version,
                                  const std::vector<std::pair<std::string, Text>>& fields) {
  WireRequest request{.protocol = WireProtocol::query, .name = std::move(name)};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  std::vector<std::pair<std::string, Text>> all = {{"Action", request.name},
                                                   {"Version", std::string(version)}};
  all.insert(all.end(), fields.begin(), fields.end());
  DEPLOYCTL_TRY(request.body, form_body(all));
  return request;
}

Result<WireRequest> rest_json_request(std::string name, std::string method, std::string path,
                                      const CanonicalQuery& query, const Value& body) {
  WireRequest request{.protocol = WireProtocol::rest_json,
                      .name = std::move(name),
                      .method = std::move(method),
                      .path = std::move(path)};
  DEPLOYCTL_TRY(const Text line, query_text(query));
  if (!line.plain()) return fail(Cause::internal, request.name + " has a secret in its URL");
  request.query = *line.plain();
  if (body.is_null()) return request;
  request.headers = {{"Content-Type", "application/json"}};
  DEPLOYCTL_TRY(request.body, json_body(body));
  return request;
}

Result<WipedValue> read_answer(const WireRequest& request, HttpResponse response) {
  const Wiped body(std::move(response.body));
  if (request.protocol != WireProtocol::query) {
    if (body->empty()) return WipedValue(Value::Map{});
    auto document = parse_json(*body, JsonMode::plain);
    // The parser's words could hold a part of a secret's value.
    if (!document) return fail(Cause::internal, request.name + " was answered with what is no JSON");
    return WipedValue(*std::move(document));
  }
  DEPLOYCTL_TRY(Value parsed, parse_xml(*body));
  const WipedValue document(std::move(parsed));
  const Value* result = document->find_path(fmt::format("{0}Response.{0}Result", request.name));
  if (!result) return fail(Cause::internal, request.name + " was answered without a result");
  return WipedValue(*result);
}

Fault read_fault(WireProtocol protocol, const HttpResponse& response) {
  return protocol == WireProtocol::query ? query_fault(response) : json_fault(response);
}

} // namespace deployctl::aws
