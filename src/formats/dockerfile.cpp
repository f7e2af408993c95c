#include "formats/dockerfile.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/source.hpp"
#include "base/strings.hpp"
#include "formats/docker_words.hpp"

namespace deployctl::formats {
namespace {

constexpr std::size_t largest_file = 1U << 20;
constexpr std::size_t npos = std::string_view::npos;

constexpr std::array<std::string_view, 18> keywords = {
    "ADD",   "ARG", "CMD",   "COPY", "ENTRYPOINT", "ENV",     "EXPOSE",  "FROM",       "HEALTHCHECK",
    "LABEL", "RUN", "SHELL", "USER", "VOLUME",     "WORKDIR", "ONBUILD", "STOPSIGNAL", "MAINTAINER"};
constexpr std::array<std::string_view, 3> keywords_with_heredocs = {"RUN", "COPY", "ADD"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

class Reader {
public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Dockerfile> read() {
    directives();
    while (at_ < text_.size()) {
      if (is_skipped(at_)) {
        at_ = next_line(at_);
        continue;
      }
      DEPLOYCTL_TRY(DockerInstruction instruction, instruction_here());
      file_.instructions.push_back(std::move(instruction));
    }
    return std::move(file_);
  }

private:
  [[nodiscard]] std::size_t line_end(std::size_t at) const {
    return std::min(text_.find('\n', at), text_.size());
  }
  [[nodiscard]] std::size_t next_line(std::size_t at) const {
    return std::min(line_end(at) + 1, text_.size());
  }
  // A blank line or a comment.
  [[nodiscard]] bool is_skipped(std::size_t at) const {
    const std::string_view line = trim(text_.substr(at, line_end(at) - at));
    return line.empty() || line.front() == '#';
  }

  // "# escape=`" at the top of the file.
  void directives() {
    for (std::size_t at = 0; at < text_.size() && text_[at] == '#'; at = next_line(at)) {
      const std::string_view line = trim(text_.substr(at + 1, line_end(at) - at - 1));
      const std::size_t sign = line.find('=');
      if (sign == npos) return;
      if (equal_ignoring_case(trim(line.substr(0, sign)), "escape") && trim(line.substr(sign + 1)) == "`")
        escape_ = '`';
    }
  }

  tl::unexpected<Error> failure(std::size_t at, std::string_view what) const {
    return fail(Cause::config, fmt::format("line {}: {}", LineTable(text_).position(at).line, what));
  }

  // The lines of one instruction with continuations blanked out; `at_` goes behind them.
  std::string logical_line() {
    std::string out;
    bool goes_on = true;
    while (goes_on && at_ < text_.size()) {
      const std::size_t end = line_end(at_);
      std::string line(text_.substr(at_, end - at_));
      goes_on = !out.empty() && is_skipped(at_);
      if (goes_on) {
        line.assign(line.size(), ' ');
      } else {
        const std::size_t last = line.find_last_not_of(" \t\r");
        goes_on = last != npos && line[last] == escape_;
        if (goes_on) line.replace(last, npos, line.size() - last, ' ');
      }
      out += line;
      at_ = std::min(end + 1, text_.size());
      if (goes_on && end < text_.size()) out += ' ';
    }
    return out;
  }

  Result<DockerInstruction> instruction_here() {
    DockerInstruction instruction;
    const std::size_t begin = at_;
    const std::string line = logical_line();
    const std::size_t keyword = std::min(line.find_first_not_of(" \t\r"), line.size());
    std::size_t at = keyword;
    while (at < line.size() && !is_blank(line[at])) ++at;
    instruction.keyword = upper(std::string_view(line).substr(keyword, at - keyword));
    instruction.begin = begin + keyword;
    instruction.end = begin + line.size();
    if (!is_one_of(instruction.keyword, keywords))
      return failure(begin, fmt::format("'{}' is not an instruction", instruction.keyword.substr(0, 40)));
    at = take_flags(line, at, begin, instruction);
    instruction.arguments = line.substr(at);
    instruction.arguments_at = begin + at;
    if (is_one_of(instruction.keyword, keywords_with_heredocs)) {
      DEPLOYCTL_CHECK(take_heredocs(instruction));
    }
    return instruction;
  }

  static std::size_t take_flags(std::string_view line, std::size_t at, std::size_t offset,
                                DockerInstruction& instruction) {
    for (;;) {
      while (at < line.size() && is_blank(line[at])) ++at;
      if (line.substr(at, 2) != "--" || at + 2 >= line.size() || is_blank(line[at + 2])) return at;
      const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
      instruction.flags.push_back(
          {.text = std::string(line.substr(at, end - at)), .begin = offset + at, .end = offset + end});
      at = end;
    }
  }

  Status take_heredocs(DockerInstruction& instruction) {
    for (const HeredocMark& mark : heredoc_marks(instruction.arguments)) {
      DockerHeredoc heredoc{.name = mark.name, .begin = at_, .end = at_};
      for (;; at_ = next_line(at_)) {
        if (at_ >= text_.size())
          return failure(instruction.begin, fmt::format("the heredoc '{}' is never closed", mark.name));
        std::string_view line = text_.substr(at_, line_end(at_) - at_);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (mark.strips_tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        if (line == mark.name) break;
      }
      heredoc.end = at_;
      at_ = next_line(at_);
      instruction.heredocs.push_back(std::move(heredoc));
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  char escape_ = '\\';
  Dockerfile file_;
};

void add_stage(Dockerfile& file, std::size_t index, const std::vector<DockerAssignment>& globals) {
  DockerStage stage{.from = index, .end = index + 1};
  const std::vector<DockerWord> words = file.instructions[index].words();
  if (!words.empty()) {
    stage.image = words[0];
    stage.base = with_variables(words[0].text, globals);
  }
  if (words.size() >= 3 && equal_ignoring_case(words[1].text, "as")) stage.name = to_lower(words[2].text);
  file.stages.push_back(std::move(stage));
}

} // namespace

std::optional<std::size_t> Dockerfile::stage_named(std::string_view name, std::size_t before) const {
  const std::string wanted = to_lower(name);
  for (std::size_t i = std::min(before, stages.size()); i-- > 0;)
    if (stages[i].name == wanted || std::to_string(i) == wanted) return i;
  return std::nullopt;
}

bool DockerInstruction::has_flag(std::string_view beginning) const {
  return std::any_of(flags.begin(), flags.end(), [&](const DockerWord& flag) {
    return std::string_view(flag.text).substr(0, beginning.size()) == beginning;
  });
}

Result<Dockerfile> parse_dockerfile(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.size() > largest_file) return fail(Cause::config, "line 1: larger than 1 MiB");
  std::string blanked; // places stay where they are
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) {
    blanked = std::string(byte_order_mark.size(), ' ') + std::string(text.substr(byte_order_mark.size()));
    text = blanked;
  }
  DEPLOYCTL_TRY(Dockerfile file, Reader(text).read());
  std::vector<DockerAssignment> globals;
  for (std::size_t i = 0; i < file.instructions.size(); ++i) {
    const DockerInstruction& instruction = file.instructions[i];
    if (instruction.keyword == "FROM") add_stage(file, i, globals);
    if (!file.stages.empty()) file.stages.back().end = i + 1;
    if (file.stages.empty() && instruction.keyword == "ARG")
      for (DockerAssignment& each : assignments_of(instruction)) globals.push_back(std::move(each));
  }
  return file;
}

} // namespace deployctl::formats
