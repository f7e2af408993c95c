// A token that a service gives for a while: asked for once by all that want it at the same time, and again in
// good time before it expires. Where one comes from is each cloud's own.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "base/time.hpp"
#include "cloud/rest.hpp"

namespace deployctl::cloud {

struct Token {
  Secret value;
  std::optional<WallTime> expires; // none: not known to
};

// Now and `seconds` of an answer ("expires_in"); none: it does not say.
std::optional<WallTime> expiry(const Parts& parts, std::optional<std::int64_t> seconds);

// Thread-safe.
class TokenSource {
public:
  using Ask = std::function<Result<Token>(const std::stop_token&)>;
  TokenSource(Parts parts, Ask ask) : parts_(std::move(parts)), ask_(std::move(ask)) {}

  // `question` with "Authorization: Bearer …". A 401 makes it ask for another token, once.
  Result<Answer> exchange(Question question, const std::stop_token& stop);
  Result<WipedValue> ask(const Question& question, const std::stop_token& stop);

private:
  struct Given {
    Secret value;
    int number = 0;
  };
  Result<Given> token(const std::stop_token& stop);
  void refused(int number); // the token of that number

  Parts parts_;
  Ask ask_;
  std::mutex mutex_; // held while asking: whoever comes meanwhile waits for the one answer
  std::optional<Token> known_;
  int number_ = 0;               // of the known one
  std::optional<Error> failure_; // the last one, for those that ask right behind it
  std::chrono::nanoseconds failed_at_{0};
};

} // namespace deployctl::cloud
