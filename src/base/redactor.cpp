#include "base/redactor.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/redaction_table.hpp"
#include "base/redaction_walk.hpp"
#include "base/secret_forms.hpp"

namespace deployctl {
RedactionSet::RedactionSet() : table_(std::make_shared<const RedactionTable>(secrets_)) {}

RedactionSet::~RedactionSet() = default;

Maskable RedactionSet::add(const Secret& secret) {
  const std::string_view bytes = secret.reveal();
  if (bytes.size() < shortest_maskable) return Maskable::too_short;
  if (is_common_word(bytes)) return Maskable::common_word;
  const std::lock_guard guard(mutex_);
  const bool known = std::any_of(secrets_.begin(), secrets_.end(),
                                 [bytes](const Secret& other) { return other.reveal() == bytes; });
  if (!known) {
    secrets_.push_back(secret);
    table_ = nullptr; // built when next asked for
  }
  return bytes.size() < shortest_anywhere ? Maskable::on_boundaries : Maskable::anywhere;
}

std::shared_ptr<const RedactionTable> RedactionSet::table() const {
  const std::lock_guard guard(mutex_);
  if (!table_) table_ = std::make_shared<const RedactionTable>(secrets_);
  return table_;
}

std::string RedactionSet::redact(std::string_view text) const {
  Redactor redactor(*this);
  std::string out = redactor.feed(text);
  return out += redactor.finish();
}

struct Redactor::State {
  explicit State(const RedactionSet& set) : secrets(set), table(set.table()) {}

  void use(std::shared_ptr<const RedactionTable> newer) {
    if (newer == table) return;
    table = std::move(newer);
    for (RedactionWalk& walk : walks) walk.restart();
    for (std::size_t i = 0; i < held.size(); ++i) walk_over(held[i], begin + i);
  }

  void walk_over(char byte, std::uint64_t at) {
    for (RedactionWalk& walk : walks) walk.take(*table, byte, at, found);
  }

  // The end of what no later byte can change.
  [[nodiscard]] std::uint64_t safe_end() const {
    std::uint64_t end = begin + held.size();
    for (const RedactionWalk& walk : walks) end = std::min(end, walk.open_from(*table).value_or(end));
    return end;
  }

  // Overlapping finds become one, named after the leftmost, then longest.
  void merge_found() {
    std::sort(found.begin(), found.end(), [](const RedactedInterval& a, const RedactedInterval& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    std::vector<RedactedInterval> merged;
    for (const RedactedInterval& interval : found) {
      if (!merged.empty() && interval.begin < merged.back().end)
        merged.back().end = std::max(merged.back().end, interval.end);
      else
        merged.push_back(interval);
    }
    found = std::move(merged);
  }

  std::string release(std::uint64_t end) {
    merge_found();
    for (const RedactedInterval& interval : found)
      if (interval.begin < end && end < interval.end) end = interval.begin;
    std::string out;
    std::uint64_t at = begin;
    auto interval = found.begin();
    for (; interval != found.end() && interval->end <= end; ++interval) {
      out.append(held, at - begin, interval->begin - at);
      const std::string& name = table->names()[interval->name];
      out += name.empty() ? "[secret]" : "[secret:" + name + "]";
      at = interval->end;
    }
    out.append(held, at - begin, end - at);
    found.erase(found.begin(), interval);
    held.erase(0, end - begin);
    begin = end;
    return out;
  }

  const RedactionSet& secrets;
  std::shared_ptr<const RedactionTable> table;
  std::string held;        // read and not yet released
  std::uint64_t begin = 0; // where `held` stands in the stream
  std::array<RedactionWalk, 3> walks{RedactionWalk(Reading::raw), RedactionWalk(Reading::without_escapes),
                                     RedactionWalk(Reading::joined_lines)};
  std::vector<RedactedInterval> found;
};

Redactor::Redactor(const RedactionSet& secrets) : state_(std::make_unique<State>(secrets)) {}

Redactor::~Redactor() = default;
Redactor::Redactor(Redactor&&) noexcept = default;

std::string Redactor::feed(std::string_view chunk) {
  state_->use(state_->secrets.table());
  if (state_->table->empty()) return std::string(chunk);
  for (const char byte : chunk) {
    state_->held += byte;
    state_->walk_over(byte, state_->begin + state_->held.size() - 1);
  }
  return state_->release(state_->safe_end());
}

std::string Redactor::finish() {
  state_->use(state_->secrets.table());
  for (RedactionWalk& walk : state_->walks) walk.finish(*state_->table, state_->found);
  return state_->release(state_->begin + state_->held.size());
}

} // namespace deployctl
