// One provider instance of AWS, ready for calls: its settings, keys and connections together. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

#include "cloud/aws/credential_chain.hpp"

namespace deployctl::aws {

struct SignedQuestion {
  std::string url;
  std::string body;
  Text headers; // JSON: name to list of values
};

class Account {
public:
  // Reads the shared files; asks nobody yet. `written`: what stands under `providers`.
  static Result<std::unique_ptr<Account>> open(const Value& written, const Environment& environment,
                                               const ChainParts& parts);
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  // Before the first call it is seen to that the keys belong to the account that was written, if one was.
  Result<WipedValue> call(const Call& call, const std::stop_token& stop);

  // "Who am I?", signed to be asked by someone else: `server_id` says by whom, so that nobody else can.
  Result<SignedQuestion> sign_who_am_i(const std::string& server_id, const std::stop_token& stop);

  [[nodiscard]] const std::string& region() const { return settings_.region; }

private:
  Account(Settings settings, const ChainParts& parts);
  Status check_account(const std::stop_token& stop);

  const Settings settings_;
  Caller caller_;
  CredentialChain chain_;
  Clock& clock_;
  std::mutex mutex_; // guards what follows
  bool is_checked_ = false;
};

} // namespace deployctl::aws
