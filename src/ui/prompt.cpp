#include "ui/prompt.hpp"

#include "base/strings.hpp"
#include "ui/style.hpp"

namespace deployctl::ui {

Answer ask(const Question& question, const Conversation& conversation) {
  const std::string word = question.is_protected ? question.environment : "yes";
  const std::string what = question.is_protected ? "the environment's name, '" + word + "'," : "'yes'";
  const Style style{.width = conversation.width};
  conversation.writer.write("\n" + wrap(style, question.sentence, 0) + "\n");
  const std::string request =
      "Type " + what + " to apply, 'details' for the full plan, anything else to stop:";
  for (;;) {
    conversation.writer.write(wrap(style, request, 0) + " ");
    const std::optional<std::string> line = conversation.read_line();
    if (!line) {
      conversation.writer.write("\n");
      return Answer::nobody;
    }
    if (trim(*line) == word) return Answer::granted;
    if (trim(*line) != "details") return Answer::denied;
    conversation.writer.write(conversation.details());
  }
}

} // namespace deployctl::ui
