// A Dockerfile as a value: instructions with their places, heredocs, and the stages they make. Reads what a
// builder reads; it runs nothing and judges nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::formats {

struct DockerWord {
  std::string text; // without its quotes
  std::size_t begin = 0;
  std::size_t end = 0; // in the file, with its quotes
};

struct DockerHeredoc {
  std::string name;      // "EOF"
  std::size_t begin = 0; // of the body
  std::size_t end = 0;
};

struct DockerInstruction {
  std::string keyword;           // in upper case: "RUN"
  std::vector<DockerWord> flags; // "--mount=type=cache,target=/root"
  std::string arguments;         // behind the flags, as long as in the file: continuations are blanks
  std::size_t begin = 0;         // of the keyword
  std::size_t end = 0;           // behind the last line, without heredocs
  std::size_t arguments_at = 0;  // where `arguments` begins in the file
  std::vector<DockerHeredoc> heredocs;

  // Words of the arguments; those of the JSON form ["a", "b"] too.
  [[nodiscard]] std::vector<DockerWord> words() const;
  [[nodiscard]] bool has_flag(std::string_view beginning) const;
};

// A name with its value, of ENV, ARG and LABEL.
struct DockerAssignment {
  std::string name;
  std::optional<std::string> value; // none: ARG NAME
  std::size_t begin = 0;
  std::size_t end = 0;
};
// "A=1 B='two words'", and of ENV the old form "A all of this".
std::vector<DockerAssignment> assignments_of(const DockerInstruction& instruction);

struct DockerStage {
  std::size_t from = 0;            // its FROM: an index into the instructions
  std::size_t end = 0;             // one past its last instruction
  DockerWord image;                // as written
  std::optional<std::string> base; // with global ARGs put in; none when one has no value
  std::string name;                // behind AS, in lower case; may be empty
};

struct Dockerfile {
  std::vector<DockerInstruction> instructions;
  std::vector<DockerStage> stages;

  // The stage that a name or a number means, seen from the stage `before`; none: an image.
  [[nodiscard]] std::optional<std::size_t> stage_named(std::string_view name, std::size_t before) const;
};

// Cause::config, "line 3: ...". At most 1 MiB.
Result<Dockerfile> parse_dockerfile(std::string_view text);

} // namespace deployctl::formats
