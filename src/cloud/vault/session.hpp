// A session with one Vault or OpenBao: logged in on first use, the token renewed while it lasts and got anew
// where that can be done, and given back at the end when it is our own. Thread-safe. What is read is
// secrets/vault_store.cpp.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "cloud/rest.hpp"
#include "cloud/vault/settings.hpp"

namespace deployctl::vault {

// A signed question of AWS who one is, for Vault to ask it (auth method aws).
struct SignedIdentity {
  std::string url;
  std::string body;
  Text headers; // JSON: name to list of values
};
using SignIdentity =
    std::function<Result<SignedIdentity>(const std::string& server_id, const std::stop_token&)>;

// A token and how long it is good for.
struct Login {
  Secret token;
  std::optional<std::chrono::seconds> lasts; // none: not known to end
  bool is_renewable = false;
  bool is_ours = false; // from a login: others are got the same way
};

class Session {
public:
  Session(cloud::Parts parts, Settings settings, SignIdentity sign_identity);
  ~Session(); // revokes the token if it is our own, as far as that goes at once
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // GET /v1/`path`; the answer of any status but of a token that is not good. `what` names it in messages.
  Result<cloud::Answer> get(const std::string& what, const std::string& path, const std::stop_token& stop);
  // The same with a body. Only what may be done twice.
  Result<cloud::Answer> post(const std::string& what, const std::string& path, const Value& body,
                             const std::stop_token& stop);
  // A last word, once and within seconds; whether it was heard is not told.
  void farewell(const std::string& what, const std::string& path, const Value& body);
  // What such an answer means when it is bad.
  [[nodiscard]] Error refusal(const std::string& what, const cloud::Answer& answer) const;

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const cloud::Parts& parts() const { return parts_; }
  [[nodiscard]] std::optional<std::chrono::seconds> token_lasts(); // none: not known to end

private:
  struct Given {
    Secret token;
    int number = 0;
    bool is_ours = false;
  };
  Result<cloud::Answer> ask(const cloud::Question& question, const std::string& what,
                            const std::stop_token& stop);
  Result<Given> token(const std::stop_token& stop);
  Status renew(const std::stop_token& stop); // called under the lock
  Result<bool> is_dead(const Given& given, const cloud::Answer& answer, const std::stop_token& stop);
  void forget(int number);

  const cloud::Parts parts_;
  const Settings settings_;
  const SignIdentity sign_identity_;
  std::mutex mutex_; // guards what follows; held while logging in
  std::optional<Login> login_;
  std::chrono::nanoseconds since_{0};
  int number_ = 0; // of the login
  std::optional<Error> failure_;
  std::chrono::nanoseconds failed_at_{0};
};

// "vault read of 'secret/data/app'": a question below /v1/ with the headers that all have.
cloud::Question question(const Settings& settings, const std::string& what, const std::string& method,
                         const std::string& path);
// By the method of the settings.
Result<Login> log_in(const cloud::Parts& parts, const Settings& settings, const SignIdentity& sign_identity,
                     const std::stop_token& stop);

} // namespace deployctl::vault
