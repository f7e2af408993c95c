// What the providers of notices know about a run: the facts of one event by name. An event without a fact has
// an empty one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/event.hpp>

namespace deployctl::providers::notice {

class Told {
public:
  explicit Told(const Event& event) : event_(event) {}

  [[nodiscard]] std::string name() const; // "succeeded"; of other events their type
  [[nodiscard]] std::string fact(std::string_view name) const;
  [[nodiscard]] const std::string& message() const { return event_.message; }
  [[nodiscard]] const Event& event() const { return event_; }
  [[nodiscard]] std::vector<std::string> remote_ids() const; // as this notice's receiver named them
  [[nodiscard]] bool begins() const { return name() == "started"; }
  [[nodiscard]] bool is_bad() const { return name() == "failed" || name() == "rolled_back"; }
  [[nodiscard]] bool is_over() const { return is_bad() || name() == "succeeded"; }
  // What people want to know besides the message, as label and text; only what is there.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> details() const;
  // The same for the same message, whoever sends it and however often: 32 characters of hex.
  [[nodiscard]] std::string id(std::string_view notice) const;
  // Milliseconds since 1970 of a fact that is a time; of the event's own when there is none.
  [[nodiscard]] std::int64_t milliseconds(std::string_view name) const;

private:
  const Event& event_;
};

} // namespace deployctl::providers::notice
