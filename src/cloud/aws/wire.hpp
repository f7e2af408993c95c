// One request to a service of AWS as a value, in the three protocols that are spoken here, and what an answer
// says when it is an error. Pure. Sending is caller.hpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/ports/http.hpp>
#include <deployctl/value.hpp>

#include "base/wiped_value.hpp"
#include "cloud/aws/canonical_request.hpp"

namespace deployctl::aws {

enum class WireProtocol { json_1_1, query, rest_json };

struct WireRequest {
  WireProtocol protocol = WireProtocol::json_1_1;
  std::string name; // "GetSecretValue"
  std::string method = "POST";
  std::string path = "/"; // behind the endpoint's own
  std::string query;
  std::vector<Header> headers;
  Text body;
  bool is_signed = true;
};

// `target`: "secretsmanager" of "secretsmanager.GetSecretValue".
Result<WireRequest> json_request(std::string_view target, std::string name, const Value& input);
Result<WireRequest> query_request(std::string name, std::string_view version,
                                  const std::vector<std::pair<std::string, Text>>& fields);
// A body is JSON; null: there is none.
Result<WireRequest> rest_json_request(std::string name, std::string method, std::string path,
                                      const CanonicalQuery& query, const Value& body = {});

// The body of a good answer. Of the query protocol what stands in "<NameResult>".
Result<WipedValue> read_answer(const WireRequest& request, HttpResponse response);

// What a service calls the error; empty when it is none of AWS' (a proxy's page).
struct Fault {
  std::string code; // "ResourceNotFoundException"
  std::string message;
};

Fault read_fault(WireProtocol protocol, const HttpResponse& response);

} // namespace deployctl::aws
