#include "cloud/rest.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/integer.hpp"
#include "base/json.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "base/variables.hpp"
#include "base/wiped.hpp"
#include "net/retry.hpp"
#include "net/status_cause.hpp"
#include "net/url.hpp"

namespace deployctl::cloud {
namespace {

constexpr net::RetryPolicy policy{.attempts = 4, .delay = Milliseconds(200)};
constexpr std::size_t longest_words = 400;

std::string usual_words(const Value& body) {
  for (const char* place :
       {"error.message", "error_description", "message", "error", "messages.0", "errors.0"})
    if (std::string text = text_at(body, place); !text.empty()) return text;
  return {};
}

std::string place_of(const HttpResponse& response, const std::string& url) {
  const auto location = response.headers.find("location");
  const auto base = net::parse_url(url);
  if (location == response.headers.end() || !base) return {};
  const auto target = net::join(*base, location->second);
  return target ? target->origin() : "";
}

Answer read(HttpResponse response, const std::string& url) {
  Answer answer{.status = response.status};
  if (response.status >= 300 && response.status < 400) answer.moved_to = place_of(response, url);
  const Wiped body(std::move(response.body));
  if (auto document = parse_json(*body, JsonMode::plain)) answer.body = WipedValue(*std::move(document));
  return answer;
}

// Lists of reasons come over several lines.
std::string one_line(std::string_view words) {
  std::string out;
  for (const char byte : words) {
    const bool is_blank = byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
    if (!is_blank)
      out += byte;
    else if (!out.empty() && !out.ends_with(' '))
      out += ' ';
  }
  return sanitize_line(trim(out));
}

bool may_pass(const Question& question, const Answer& answer) {
  return net::may_succeed_later(answer.status) && !(question.is_final && question.is_final(answer));
}

} // namespace

const std::string* Parts::variable(std::string_view name) const {
  return find_variable(environment, name);
}

Result<Answer> exchange(const Parts& parts, const Question& question, const std::stop_token& stop) {
  for (int attempt = 1;; ++attempt) {
    auto response = parts.http.send(question.request, stop);
    std::optional<Milliseconds> asked;
    if (response) {
      asked = net::retry_after(*response, parts.clock.wall());
      Answer answer = read(*std::move(response), question.request.url);
      if (question.is_quick || !may_pass(question, answer)) return answer;
      const auto delay = net::next_delay(policy, attempt, asked, net::uniform(parts.random));
      if (!delay) return answer;
      if (!parts.wait(*delay, stop)) return fail(Cause::cancelled, question.name + " was stopped");
      continue;
    }
    const Cause cause = response.error().cause;
    const bool again = !question.is_quick && (cause == Cause::network || cause == Cause::timeout);
    const auto delay =
        again ? net::next_delay(policy, attempt, {}, net::uniform(parts.random)) : std::nullopt;
    if (!delay) return fail(std::move(response).error().in("while asking for " + question.name));
    if (!parts.wait(*delay, stop)) return fail(Cause::cancelled, question.name + " was stopped");
  }
}

Error refusal(const Question& question, const Answer& answer) {
  Error error{.cause = net::cause_of_status(answer.status)};
  error.retryable = net::may_succeed_later(answer.status);
  if (!answer.moved_to.empty()) {
    error.cause = Cause::config;
    error.message = fmt::format("{}: redirected to {}", question.name, answer.moved_to);
    error.help = "credentials are not sent on to another place; write that one as the address if it is right";
    return error;
  }
  error.message = fmt::format("{}: HTTP status {}", question.name, answer.status);
  std::string words = question.words ? question.words(*answer.body) : usual_words(*answer.body);
  if (words.size() > longest_words) words.resize(longest_words);
  if (!words.empty()) error.message += ": " + one_line(words);
  return error;
}

Result<WipedValue> ask(const Parts& parts, const Question& question, const std::stop_token& stop) {
  DEPLOYCTL_TRY(Answer answer, exchange(parts, question, stop));
  if (!answer.is_good()) return fail(refusal(question, answer));
  if (answer.body->is_null())
    return fail(Cause::config, question.name + " was answered with what is no JSON");
  return std::move(answer.body);
}

std::string text_at(const Value& value, std::string_view path) {
  const Value* found = value.find_path(path);
  return found && found->text() ? *found->text() : "";
}

std::optional<std::int64_t> number_at(const Value& value, std::string_view path) {
  const Value* found = value.find_path(path);
  if (!found) return std::nullopt;
  if (const auto* number = found->get<std::int64_t>()) return *number;
  if (!found->text()) return std::nullopt;
  return parse_integer<std::int64_t>(*found->text());
}

} // namespace deployctl::cloud
