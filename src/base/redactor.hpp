// Takes secrets out of text before it is written: every known secret in every usual encoding becomes
// [secret:NAME]. Streams keep their state over chunk borders, so a secret cut in two is found. Last line of
// defence, not the first.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/secret.hpp>

namespace deployctl {

class RedactionTable; // immutable automaton over all patterns

// How well a secret can be masked. What is not maskable must be refused or warned about by the caller.
enum class Maskable {
  anywhere,      // 8 bytes or more
  on_boundaries, // 4 to 7 bytes: only where no letter or digit touches it, or it would reveal itself by
                 // mangling words
  too_short,     // under 4 bytes: not masked
  common_word,   // "true", "admin", a port number: not masked, or it would blank half the log
};

// The secrets of one run, shared by all streams. Thread-safe: a secret added while streams run is masked from
// each stream's next chunk on, so add it before its first use.
class RedactionSet {
public:
  RedactionSet();
  ~RedactionSet();
  RedactionSet(const RedactionSet&) = delete;
  RedactionSet& operator=(const RedactionSet&) = delete;

  Maskable add(const Secret& secret); // resolved; an unresolved one is `too_short`
  // Told the bytes of every secret that will be masked, once, before its first use: for a runner that masks
  // too. Set before the first is added.
  void announce(std::function<void(std::string_view)> tell) { tell_ = std::move(tell); }
  // One whole text: a message, a document. For streams use Redactor.
  [[nodiscard]] std::string redact(std::string_view text) const;
  [[nodiscard]] std::shared_ptr<const RedactionTable> table() const;

private:
  std::function<void(std::string_view)> tell_;
  mutable std::mutex mutex_; // guards the two below
  std::vector<Secret> secrets_;
  mutable std::shared_ptr<const RedactionTable> table_; // none when a secret was added since
};

// One per stream, used by one thread at a time. Not for text that is written without it elsewhere.
class Redactor {
public:
  explicit Redactor(const RedactionSet& secrets);
  ~Redactor();
  Redactor(Redactor&&) noexcept;

  // What is sure to be safe so far; bytes that may begin a secret are held back.
  [[nodiscard]] std::string feed(std::string_view chunk);
  // The end of the stream: the rest. A held tail that is at least half of a secret and 8 bytes is masked too.
  [[nodiscard]] std::string finish();

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace deployctl
