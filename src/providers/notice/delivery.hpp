// One message over HTTP to a service that people read: sent again where that cannot double it, refusals in
// the service's words. What is sent stands with each provider.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/operation.hpp>
#include <deployctl/session.hpp>

namespace deployctl::providers::notice {

struct Delivery {
  std::string name; // how messages begin: "slack"
  // Made anew for each attempt: signatures have a time.
  std::function<Result<HttpRequest>()> request;
  bool repeatable = false; // may be sent again when nobody knows whether it arrived
};

// An answer of any status but those that may pass later, after a few attempts.
Result<HttpResponse> deliver(WriteSession& session, const Delivery& delivery);

// What an answer that is no success means: cause by status, the service's words.
Error refusal(const std::string& name, const HttpResponse& response);
// The same, with an answer of 2xx; the body as JSON, null when it is none.
Result<Value> deliver_json(WriteSession& session, const Delivery& delivery);

struct ApiCall {
  std::string name;      // "github"
  std::string operation; // of the provider's table
  std::string method = "POST";
  std::string url;
  Text authorization; // "Bearer …"
  Value body;         // null: none
  std::vector<std::pair<std::string, std::string>> headers;
  Milliseconds timeout{10'000};
  bool repeatable = false;
};

// A row of a provider's table; `path` is a pattern of the URL's path.
Operation api_operation(std::string name, Effect effect, std::string help, std::string method,
                        std::string path);
// Rows whose paths begin alike.
std::vector<Operation> operations_below(std::string_view beginning, std::vector<Operation> rows);
// A call of an API that speaks JSON.
Result<Value> call_api(WriteSession& session, const ApiCall& call);
Result<Text> bearer(const Text& token);
// Without the slashes at its end.
std::string base_url(std::string url);

Field timeout_field();

} // namespace deployctl::providers::notice
