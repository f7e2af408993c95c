// The one question deployctl asks: may this plan be applied? Consent is a typed word and nothing else: not an
// empty line, not the end of input, not a flag that asked for silence.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ui/writer.hpp"

namespace deployctl::ui {

enum class Answer { granted, denied, nobody }; // nobody: the input ended before anyone answered

struct Question {
  std::string environment;
  bool is_protected = false; // then only the environment's name counts
  std::string sentence;      // target, count and risk in one sentence
};

struct Conversation {
  Writer& writer;
  std::function<std::optional<std::string>()> read_line; // without its end; nothing at the end of input
  std::function<std::string()> details;                  // the full plan, on request
  int width = 80;                                        // of the terminal
};

// `details` shows the full plan and asks again; every other answer but the word decides against.
Answer ask(const Question& question, const Conversation& conversation);

} // namespace deployctl::ui
