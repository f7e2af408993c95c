// What a scenario showed, as text for a person who was not there. Several programs may write at once. What
// differs from machine to machine gets a fixed name: the folder, who runs this, and ids in the order in which
// they appear.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ui/writer.hpp"

namespace deployctl::scenarios {

class Transcript {
public:
  explicit Transcript(std::string folder);

  void line(const std::string& text); // with a line end
  void text(const std::string& text);
  [[nodiscard]] std::string plain() const; // with fixed names
  // "RUN-1" in a command becomes the id that it stands for.
  [[nodiscard]] std::string with_ids(std::string command) const;

private:
  [[nodiscard]] std::vector<std::string> ids() const;

  std::string folder_;
  std::string text_;
};

// Both streams of one program, in the order of writing. Thread-safe.
class Output final : public ui::Writer {
public:
  void write(std::string_view text) override;
  // Waits until something is shown that was not shown in an earlier wait; false when `what` never comes.
  bool wait_for(const std::string& what);
  [[nodiscard]] std::string text() const;

private:
  mutable std::mutex mutex_; // guards everything below
  std::condition_variable changed_;
  std::string text_;
  std::size_t seen_ = 0;
};

} // namespace deployctl::scenarios
