#include "scenarios/transcript.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "os/process_identity.hpp"

namespace deployctl::scenarios {
namespace {

constexpr std::size_t id_length = 26;
constexpr std::string_view id_letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

// The length of the run of id letters from there on.
std::size_t letters_from(const std::string& text, std::size_t at) {
  const std::size_t end = text.find_first_not_of(id_letters, at);
  return (end == std::string::npos ? text.size() : end) - at;
}

} // namespace

Transcript::Transcript(std::string folder) : folder_(std::move(folder)) {}

void Transcript::line(const std::string& text) {
  text_.append(text).append("\n");
}

void Transcript::text(const std::string& text) {
  text_.append(text);
}

// Every ULID in the text, in the order of appearance.
std::vector<std::string> Transcript::ids() const {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text_.size();) {
    const std::size_t letters = letters_from(text_, at);
    if (letters == id_length) {
      const std::string id = text_.substr(at, id_length);
      if (id.starts_with("0") && std::find(found.begin(), found.end(), id) == found.end())
        found.push_back(id);
    }
    at += std::max<std::size_t>(1, letters);
  }
  return found;
}

std::string Transcript::plain() const {
  std::string text = text_;
  int number = 0;
  for (const std::string& id : ids()) replace_all(text, id, "RUN-" + std::to_string(++number));
  replace_all(text, folder_, "/shop");
  if (const auto identity = os::this_process())
    replace_all(text, identity->user + "@" + identity->host, "ann@laptop");
  return text;
}

std::string Transcript::with_ids(std::string command) const {
  const auto known = ids();
  for (std::size_t i = known.size(); i > 0; --i)
    replace_all(command, "RUN-" + std::to_string(i), known[i - 1]);
  return command;
}

void Output::write(std::string_view text) {
  const std::lock_guard lock(mutex_);
  text_.append(text);
  changed_.notify_all();
}

bool Output::wait_for(const std::string& what) {
  constexpr std::chrono::seconds limit{20}; // of real time: only a broken test gets there
  std::unique_lock lock(mutex_);
  const bool shown =
      changed_.wait_for(lock, limit, [&] { return text_.find(what, seen_) != std::string::npos; });
  if (shown) seen_ = text_.find(what, seen_) + what.size();
  return shown;
}

std::string Output::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

} // namespace deployctl::scenarios
