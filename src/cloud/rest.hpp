// Questions to services that speak JSON, and their answers: asked again where that helps, errors told by
// status and in the service's words. What a service calls things, and who asks, is above this; AWS has its
// own (aws/caller.hpp).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/http.hpp>
#include <deployctl/ports/processes.hpp>
#include <deployctl/result.hpp>

#include "base/wiped_value.hpp"

namespace deployctl::cloud {

using Environment = std::map<std::string, std::string, std::less<>>;
// The bytes of a local file by absolute path, at most `limit`; not_found when it is not there.
using ReadFile = std::function<Result<std::string>(const std::string& path, std::size_t limit)>;
// Tells the redactor, before anyone else sees the secret.
using LearnSecret = std::function<void(const Secret&)>;
// False: stopped.
using Wait = std::function<bool(Milliseconds, const std::stop_token&)>;

// The machine as credentials and stores see it. What it refers to outlives them.
struct Parts {
  Http& http;
  Processes& processes;
  Clock& clock;
  Random& random;
  const Environment& environment;
  Wait wait;
  ReadFile read_file;
  LearnSecret learn;
  std::string directory; // what relative paths of settings start from

  [[nodiscard]] const std::string* variable(std::string_view name) const; // null: not set, or empty
};

struct Answer {
  int status = 0;
  WipedValue body;      // null: it was no JSON
  std::string moved_to; // of a redirect: the origin it leads to

  [[nodiscard]] bool is_good() const { return status >= 200 && status < 300; }
};

struct Question {
  std::string name; // "vault read of 'secret/app'": how messages begin
  HttpRequest request;
  // What the service says in the document of an error; by default "message", "error.message" and the like.
  std::function<std::string(const Value& body)> words = {};
  // Statuses that would come again, although they look temporary.
  std::function<bool(const Answer&)> is_final = {};
  bool is_quick = false; // asked once: of a place that may not be there at all
};

// An answer of any status; errors when none came. A status that may pass is asked again, a few times.
Result<Answer> exchange(const Parts& parts, const Question& question, const std::stop_token& stop);
// What a bad answer means: cause by status, the service's words, nothing of a good answer.
Error refusal(const Question& question, const Answer& answer);
// The document of a good answer, or its refusal.
Result<WipedValue> ask(const Parts& parts, const Question& question, const std::stop_token& stop);

// The text of a member at "a.b", or nothing.
std::string text_at(const Value& value, std::string_view path);
// A whole number, also when it is written as text.
std::optional<std::int64_t> number_at(const Value& value, std::string_view path);

} // namespace deployctl::cloud
