#include "formats/dotenv.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view name_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::array<std::pair<char, char>, 6> escapes = {
    {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'"', '"'}, {'\\', '\\'}, {'$', '$'}}};

class DotenvReader {
public:
  explicit DotenvReader(std::string_view text) : text_(text) {}

  Result<std::vector<DotenvEntry>> read() {
    if (text_.find('\0') != std::string_view::npos)
      return fault("the file holds a NUL byte, which no variable can", "");
    if (text_.substr(0, byte_order_mark.size()) == byte_order_mark) at_ = byte_order_mark.size();
    while (at_ < text_.size()) {
      skip_blanks();
      if (at_end_of_line() || text_[at_] == '#')
        skip_line();
      else
        DEPLOYCTL_CHECK(entry());
    }
    return std::move(entries_);
  }

private:
  [[nodiscard]] tl::unexpected<Error> fault(std::string_view message, std::string help) const {
    return fail(Cause::config, fmt::format("line {}: {}", line_, message), std::move(help));
  }

  [[nodiscard]] bool at_end_of_line() const {
    return at_ >= text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size()); }

  void skip_line() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    ++line_;
  }

  Status entry() {
    constexpr std::string_view prefix = "export";
    if (text_.substr(at_, prefix.size()) == prefix &&
        text_.substr(at_ + prefix.size()).find_first_of(" \t") == 0) {
      at_ += prefix.size();
      skip_blanks();
    }
    DotenvEntry entry{.line = line_};
    const std::size_t end = std::min(text_.find_first_not_of(name_letters, at_), text_.size());
    entry.name = std::string(text_.substr(at_, end - at_));
    if (entry.name.empty() || (entry.name[0] >= '0' && entry.name[0] <= '9'))
      return fault("no name of a variable stands here",
                   "names have letters, digits and '_', and begin with no digit");
    at_ = end;
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '=')
      return fault(fmt::format("'=' is missing behind '{}'", entry.name), "write NAME=value");
    ++at_;
    skip_blanks();
    DEPLOYCTL_TRY(entry.value, value(entry.name));
    entries_.push_back(std::move(entry));
    return {};
  }

  Result<std::string> value(const std::string& name) {
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return quoted(name);
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view rest = text_.substr(at_, end - at_);
    for (std::size_t hash = rest.find('#'); hash != std::string_view::npos; hash = rest.find('#', hash + 1)) {
      const char before = hash == 0 ? text_[at_ - 1] : rest[hash - 1];
      if (before != ' ' && before != '\t') continue;
      rest = rest.substr(0, hash);
      break;
    }
    std::string out(trim(rest));
    skip_line();
    return out;
  }

  Result<std::string> quoted(const std::string& name) {
    const char quote = text_[at_];
    const std::size_t opened = line_;
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size())
        escape(out);
      else
        out += text_[at_];
    }
    if (at_ >= text_.size()) {
      line_ = opened;
      return fault(fmt::format("the quote of '{}' is never closed", name), "add the closing quote");
    }
    ++at_;
    skip_blanks();
    if (!at_end_of_line() && text_[at_] != '#')
      return fault(fmt::format("text goes on behind the closing quote of '{}'", name),
                   "put the whole value into one pair of quotes");
    skip_line();
    return out;
  }

  void escape(std::string& out) {
    const char letter = text_[at_ + 1];
    const auto* const known = std::find_if(escapes.begin(), escapes.end(),
                                           [letter](const auto& row) { return row.first == letter; });
    if (known == escapes.end()) {
      out += '\\'; // kept as it is, like in a shell
      return;
    }
    out += known->second;
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<DotenvEntry> entries_;
};

} // namespace

Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text) {
  return DotenvReader(text).read();
}

const std::string* find_dotenv(const std::vector<DotenvEntry>& entries, std::string_view name) {
  const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                  [name](const DotenvEntry& entry) { return entry.name == name; });
  return found == entries.rend() ? nullptr : &found->value;
}

} // namespace deployctl::formats
