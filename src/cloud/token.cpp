#include "cloud/token.hpp"

#include <algorithm>

#include "base/body.hpp"

namespace deployctl::cloud {
namespace {

constexpr std::chrono::seconds wanted_before(120);
constexpr std::chrono::seconds failure_kept(5);

} // namespace

std::optional<WallTime> expiry(const Parts& parts, std::optional<std::int64_t> seconds) {
  if (!seconds || *seconds <= 0) return std::nullopt;
  constexpr std::int64_t longest = 366L * 86'400;
  return parts.clock.wall() + std::chrono::seconds(std::min(*seconds, longest));
}

Result<TokenSource::Given> TokenSource::token(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (known_ && (!known_->expires || *known_->expires > parts_.clock.wall() + wanted_before))
    return Given{known_->value, number_};
  if (failure_ && parts_.clock.boot() - failed_at_ < failure_kept) return fail(*failure_);
  auto fresh = ask_(stop);
  if (!fresh) {
    if (fresh.error().cause == Cause::cancelled) return fail(std::move(fresh).error());
    failure_ = fresh.error();
    failed_at_ = parts_.clock.boot();
    return fail(*failure_);
  }
  parts_.learn(fresh->value);
  failure_.reset();
  known_ = *std::move(fresh);
  return Given{known_->value, ++number_};
}

void TokenSource::refused(int number) {
  const std::lock_guard lock(mutex_);
  if (known_ && number_ == number) known_.reset();
}

Result<Answer> TokenSource::exchange(Question question, const std::stop_token& stop) {
  const auto headers = question.request.headers;
  for (int attempt = 1;; ++attempt) {
    DEPLOYCTL_TRY(const Given given, token(stop));
    question.request.headers = headers;
    DEPLOYCTL_TRY(Text bearer, join_text({"Bearer ", given.value}));
    question.request.headers.emplace_back("Authorization", std::move(bearer));
    DEPLOYCTL_TRY(Answer answer, cloud::exchange(parts_, question, stop));
    if (answer.status != 401 || attempt == 2) return answer;
    refused(given.number);
  }
}

Result<WipedValue> TokenSource::ask(const Question& question, const std::stop_token& stop) {
  DEPLOYCTL_TRY(Answer answer, exchange(question, stop));
  if (!answer.is_good()) return fail(refusal(question, answer));
  if (answer.body->is_null())
    return fail(Cause::config, question.name + " was answered with what is no JSON");
  return std::move(answer.body);
}

} // namespace deployctl::cloud
