#include "cloud/vault/session.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/body.hpp"

namespace deployctl::vault {
namespace {

constexpr std::chrono::seconds failure_kept(5);
constexpr Milliseconds farewell_timeout{2'000};

bool is_sealed(const cloud::Answer& answer) {
  const auto is_seal = [](const Value& line) {
    return line.text() && line.text()->find("sealed") != std::string::npos;
  };
  const Value* errors = answer.body->find("errors");
  return answer.status == 503 && errors && errors->list() && std::ranges::any_of(*errors->list(), is_seal);
}

std::string words_of(const Value& body) {
  std::string out;
  const Value* errors = body.find("errors");
  if (!errors || !errors->list()) return out;
  for (const Value& line : *errors->list())
    if (line.text()) out += (out.empty() ? "" : "; ") + *line.text();
  return out;
}

} // namespace

cloud::Question question(const Settings& settings, const std::string& what, const std::string& method,
                         const std::string& path) {
  cloud::Question asked{.name = "vault: " + what, .words = words_of, .is_final = is_sealed};
  asked.request = {.operation = "secrets.vault",
                   .method = method,
                   .url = fmt::format("{}/v1/{}", settings.address, path),
                   .headers = {{"X-Vault-Request", "true"}}};
  asked.request.ca_file = settings.ca_file;
  if (!settings.namespace_path.empty())
    asked.request.headers.emplace_back("X-Vault-Namespace", settings.namespace_path);
  return asked;
}

Session::Session(cloud::Parts parts, Settings settings, SignIdentity sign_identity)
    : parts_(std::move(parts)), settings_(std::move(settings)), sign_identity_(std::move(sign_identity)) {}

Session::~Session() {
  if (login_ && login_->is_ours)
    farewell("end of the session", "auth/token/revoke-self", {}); // else it ends with its time
}

void Session::farewell(const std::string& what, const std::string& path, const Value& body) {
  const std::lock_guard lock(mutex_);
  if (!login_) return;
  cloud::Question asked = question(settings_, what, "POST", path);
  asked.is_quick = true;
  asked.request.timeout = asked.request.connect_timeout = farewell_timeout;
  asked.request.headers.emplace_back("X-Vault-Token", login_->token);
  if (!body.is_null()) {
    auto text = json_body(body);
    if (text) asked.request.body = *std::move(text);
  }
  static_cast<void>(cloud::exchange(parts_, asked, {}));
}

std::optional<std::chrono::seconds> Session::token_lasts() {
  const std::lock_guard lock(mutex_);
  return login_ ? login_->lasts : std::nullopt;
}

// A token that does not take it, and is ours, is got anew.
Status Session::renew(const std::stop_token& stop) {
  cloud::Question asked = question(settings_, "renewal of the token", "POST", "auth/token/renew-self");
  asked.request.headers.emplace_back("X-Vault-Token", login_->token);
  asked.is_quick = true;
  const auto answer = login_->is_renewable ? cloud::exchange(parts_, asked, stop)
                                           : Result<cloud::Answer>(fail(Cause::auth, "it cannot be renewed"));
  const auto lasts =
      answer && answer->is_good() ? cloud::number_at(*answer->body, "auth.lease_duration") : std::nullopt;
  if (lasts && *lasts > 0) {
    login_->lasts = std::chrono::seconds(std::min<std::int64_t>(*lasts, 366L * 86'400));
    since_ = parts_.clock.boot();
    return {};
  }
  if (login_->is_ours) {
    login_.reset();
    return {};
  }
  login_->is_renewable = false; // not asked for again
  if (parts_.clock.boot() - since_ < *login_->lasts) return {};
  return fail(Cause::auth, "the token for Vault has expired",
              "run `vault login`, or set another VAULT_TOKEN");
}

Result<Session::Given> Session::token(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (login_ && login_->lasts && parts_.clock.boot() - since_ >= *login_->lasts * 2 / 3)
    DEPLOYCTL_CHECK(renew(stop));
  if (!login_) {
    if (failure_ && parts_.clock.boot() - failed_at_ < failure_kept) return fail(*failure_);
    auto fresh = log_in(parts_, settings_, sign_identity_, stop);
    if (!fresh) {
      if (fresh.error().cause == Cause::cancelled) return fail(std::move(fresh).error());
      failure_ = fresh.error();
      failed_at_ = parts_.clock.boot();
      return fail(*failure_);
    }
    login_ = *std::move(fresh);
    since_ = parts_.clock.boot();
    ++number_;
  }
  return Given{login_->token, number_, login_->is_ours};
}

void Session::forget(int number) {
  const std::lock_guard lock(mutex_);
  if (number == number_) login_.reset();
}

// A 403 is told for a token that is not good (any more) as well as for one that may not do this.
Result<bool> Session::is_dead(const Given& given, const cloud::Answer& answer, const std::stop_token& stop) {
  if (answer.status != 403) return false;
  if (words_of(*answer.body).find("invalid token") != std::string::npos) return true;
  cloud::Question asked = question(settings_, "token", "GET", "auth/token/lookup-self");
  asked.request.headers.emplace_back("X-Vault-Token", given.token);
  DEPLOYCTL_TRY(const cloud::Answer looked, cloud::exchange(parts_, asked, stop));
  return looked.status == 403;
}

Result<cloud::Answer> Session::get(const std::string& what, const std::string& path,
                                   const std::stop_token& stop) {
  return ask(question(settings_, what, "GET", path), what, stop);
}

Result<cloud::Answer> Session::post(const std::string& what, const std::string& path, const Value& body,
                                    const std::stop_token& stop) {
  cloud::Question asked = question(settings_, what, "POST", path);
  DEPLOYCTL_TRY(asked.request.body, json_body(body));
  asked.request.headers.emplace_back("Content-Type", "application/json");
  return ask(asked, what, stop);
}

Result<cloud::Answer> Session::ask(const cloud::Question& question, const std::string& what,
                                   const std::stop_token& stop) {
  for (int attempt = 1;; ++attempt) {
    DEPLOYCTL_TRY(const Given given, token(stop));
    cloud::Question asked = question;
    asked.request.headers.emplace_back("X-Vault-Token", given.token);
    DEPLOYCTL_TRY(cloud::Answer answer, cloud::exchange(parts_, asked, stop));
    DEPLOYCTL_TRY(const bool dead, is_dead(given, answer, stop));
    if (!dead) return answer;
    if (!given.is_ours)
      return fail(
          Cause::auth,
          fmt::format("vault: {}: the token is not valid, or may neither do this nor look at itself", what),
          "run `vault login`, or set another VAULT_TOKEN");
    if (attempt == 2) return answer;
    forget(given.number);
  }
}

Error Session::refusal(const std::string& what, const cloud::Answer& answer) const {
  Error error = cloud::refusal(question(settings_, what, "GET", ""), answer);
  if (is_sealed(answer)) {
    error.message = fmt::format("vault: {}: {} is sealed", what, settings_.address);
    error.help = "someone who holds its keys runs `vault operator unseal`";
    error.retryable = false;
  }
  return error;
}

} // namespace deployctl::vault
