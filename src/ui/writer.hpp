// Where rendered text goes: standard output, standard error, a file, or a string in tests. The only way out
// of `ui`. Not thread-safe: whoever shares one (EventStream) holds a lock.
#pragma once

#include <string>
#include <string_view>

namespace deployctl::ui {

class Writer {
public:
  virtual ~Writer() = default;
  virtual void write(std::string_view text) = 0;
};

// Writes at once, without a buffer of its own. A reader that went away (EPIPE, full disk) makes it silent: a
// deployment must not fail because nobody listens.
class DescriptorWriter final : public Writer {
public:
  explicit DescriptorWriter(int descriptor) : descriptor_(descriptor) {}
  void write(std::string_view text) override;
  [[nodiscard]] bool broken() const { return broken_; }

private:
  int descriptor_;
  bool broken_ = false;
};

class StringWriter final : public Writer {
public:
  void write(std::string_view text) override { text_.append(text); }
  [[nodiscard]] const std::string& text() const { return text_; }

private:
  std::string text_;
};

} // namespace deployctl::ui
