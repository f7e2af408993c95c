#include "providers/notice/delivery.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/json.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "net/retry.hpp"
#include "net/status_cause.hpp"
#include "os/pause.hpp"

namespace deployctl::providers::notice {

namespace {

constexpr net::RetryPolicy policy{.attempts = 4,
                                  .delay = Milliseconds(500),
                                  .max_delay = Milliseconds(4'000),
                                  .max_wait = Milliseconds(30'000)};
constexpr std::size_t longest_words = 300;

std::string words_of(const HttpResponse& response) {
  std::string words;
  if (const auto document = parse_json(response.body, JsonMode::plain))
    for (const char* place : {"message", "detail", "error", "errors.0.message"})
      if (const Value* found = document->find_path(place); words.empty() && found && found->text())
        words = *found->text();
  if (words.empty()) words = std::string(split(trim(response.body), '\n').front());
  if (words.size() > longest_words) words.resize(longest_words);
  return sanitize_line(words);
}

// 429 and 503 say that nothing was done; after the others somebody has to know the message again.
bool may_go_again(const Delivery& delivery, const Result<HttpResponse>& response) {
  if (response) {
    const int status = response->status;
    return status == 429 || status == 503 || (delivery.repeatable && net::may_succeed_later(status));
  }
  const Error& error = response.error();
  const bool lost = error.cause == Cause::network || error.cause == Cause::timeout;
  return error.retryable || (delivery.repeatable && lost);
}

} // namespace

Result<HttpResponse> deliver(WriteSession& session, const Delivery& delivery) {
  for (int attempt = 1;; ++attempt) {
    DEPLOYCTL_TRY(const HttpRequest request, delivery.request());
    auto response = session.ports.http.send(request, session.stop);
    if (!may_go_again(delivery, response)) return response;
    const auto asked =
        response ? net::retry_after(*response, session.ports.clock.wall()) : std::optional<Milliseconds>();
    const auto delay = net::next_delay(policy, attempt, asked, net::uniform(session.ports.random));
    if (!delay) return response;
    if (!os::pause(*delay, session.stop))
      return fail(response ? refusal(delivery.name, *response) : response.error());
  }
}

Error refusal(const std::string& name, const HttpResponse& response) {
  Error error{.cause = net::cause_of_status(response.status),
              .message = fmt::format("{}: HTTP status {}", name, response.status)};
  error.retryable = net::may_succeed_later(response.status);
  if (response.status >= 300 && response.status < 400) {
    error.message += ", a redirect, which is not followed";
    return error;
  }
  if (const std::string words = words_of(response); !words.empty()) error.message += ": " + words;
  return error;
}

Result<Value> deliver_json(WriteSession& session, const Delivery& delivery) {
  DEPLOYCTL_TRY(const HttpResponse response, deliver(session, delivery));
  if (response.status < 200 || response.status >= 300) return fail(refusal(delivery.name, response));
  auto document = parse_json(response.body, JsonMode::plain);
  return document ? *std::move(document) : Value();
}

Operation api_operation(std::string name, Effect effect, std::string help, std::string method,
                        std::string path) {
  return {.name = std::move(name),
          .effect = effect,
          .protocol = Protocol::http,
          .help = std::move(help),
          .method = std::move(method),
          .path = std::move(path)};
}

std::vector<Operation> operations_below(std::string_view beginning, std::vector<Operation> rows) {
  for (Operation& row : rows) row.path.insert(0, beginning);
  return rows;
}

Result<Value> call_api(WriteSession& session, const ApiCall& call) {
  return deliver_json(session, {.name = call.name,
                                .request = [&call]() -> Result<HttpRequest> {
                                  HttpRequest request{.operation = call.operation,
                                                      .method = call.method,
                                                      .url = call.url,
                                                      .timeout = call.timeout,
                                                      .response_limit = 1U << 20};
                                  request.headers.emplace_back("Authorization", call.authorization);
                                  for (const auto& [name, value] : call.headers)
                                    request.headers.emplace_back(name, value);
                                  if (call.body.is_null()) return request;
                                  request.headers.emplace_back("Content-Type",
                                                               "application/json; charset=utf-8");
                                  DEPLOYCTL_TRY(request.body, json_body(call.body));
                                  return request;
                                },
                                .repeatable = call.repeatable || call.method == "GET"});
}

Result<Text> bearer(const Text& token) {
  return join_text({Text("Bearer "), token});
}

std::string base_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Field timeout_field() {
  return {.name = "timeout",
          .type = FieldType::duration,
          .help = "How long one attempt to send may take.",
          .example = "5s",
          .fallback = "10s",
          .least = 100,
          .most = 60'000};
}

} // namespace deployctl::providers::notice
