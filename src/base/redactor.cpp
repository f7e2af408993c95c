#include "base/redactor.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/redaction_skim.hpp"
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
    if (tell_) tell_(bytes);
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
    next = begin;
    start_walks(before, false);
  }

  void read(std::string_view chunk) {
    held += chunk;
    skim.begin(held);
    const std::uint64_t end = begin + held.size();
    while (next < end) walking ? walk(end) : pass_over();
  }

  // To the next place where a form may begin.
  void pass_over() {
    next = begin + skim.skip(*table, next - begin);
    start_walks(next == begin ? before : held[next - begin - 1], skim.between_lines());
  }

  void start_walks(char byte_before, bool between_lines) {
    for (RedactionWalk& each : walks) each.start(byte_before, between_lines);
    walking = true;
    plain = 0;
  }

  // Until no walk has begun a form with more than its first bytes: those are looked at again.
  void walk(std::uint64_t end) {
    while (next < end) {
      walk_over(held[next - begin], next);
      ++next;
      const std::optional<std::size_t> open = settled_depth();
      if (!open || *open >= RedactionPrefixes::width || *open >= plain) continue;
      next -= *open;
      skim.set_between_lines(false);
      walking = false;
      return;
    }
  }

  void walk_over(char byte, std::uint64_t at) {
    bool all_see = true;
    for (RedactionWalk& each : walks) all_see = each.take(*table, byte, at, found) && all_see;
    plain = all_see ? plain + 1 : 0;
  }

  // The most that a walk has open, when nothing found waits.
  [[nodiscard]] std::optional<std::size_t> settled_depth() const {
    std::size_t most = 0;
    for (const RedactionWalk& each : walks) {
      const std::optional<std::size_t> depth = each.settled_depth(*table);
      if (!depth) return std::nullopt;
      most = std::max(most, *depth);
    }
    return most;
  }

  // The end of what no later byte can change.
  [[nodiscard]] std::uint64_t safe_end() const {
    std::uint64_t end = begin + held.size();
    if (walking)
      for (const RedactionWalk& each : walks) end = std::min(end, each.open_from(*table).value_or(end));
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
    if (end > begin) before = held[end - begin - 1];
    held.erase(0, end - begin);
    begin = end;
    return out;
  }

  const RedactionSet& secrets;
  std::shared_ptr<const RedactionTable> table;
  std::string held;        // read and not yet released
  std::uint64_t begin = 0; // where `held` stands in the stream
  std::uint64_t next = 0;  // the place in the stream to go on from
  char before = '\0';      // the byte before `begin`
  RedactionSkim skim;
  bool walking = false;  // else everything before `next` is settled
  std::size_t plain = 0; // bytes before `next` that every walk has seen
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
  state_->read(chunk);
  return state_->release(state_->safe_end());
}

std::string Redactor::finish() {
  state_->use(state_->secrets.table());
  state_->read({});
  if (state_->walking)
    for (RedactionWalk& walk : state_->walks) walk.finish(*state_->table, state_->found);
  return state_->release(state_->begin + state_->held.size());
}

} // namespace deployctl
