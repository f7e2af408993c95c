#include "providers/notice/words.hpp"

#include <array>

#include "base/members.hpp"

namespace deployctl::providers::notice {

namespace {

struct Row {
  std::string_view event;
  std::string Words::*words;
  std::string_view when;
  std::string_view example;
};
constexpr std::array<Row, 5> rows = {{
    {"started", &Words::started, "the run begins", "shipping ${event.version}"},
    {"approval", &Words::approval, "somebody has to approve", "${event.version} waits for you"},
    {"succeeded", &Words::succeeded, "all is done", "${event.version} is live"},
    {"failed", &Words::failed, "the run failed", "\"${event.version} failed: ${event.error}\""},
    {"rolled_back", &Words::rolled_back, "the run failed and was taken back",
     "\"${event.version} was taken back: ${event.error}\""},
}};

} // namespace

Field words_field() {
  return {.name = "messages",
          .help = "What is said instead of the usual sentence, by event; ${event.NAME} is known here.",
          .example = "{ succeeded: \"${event.version} is live\" }"};
}

Table<Words> words_table() {
  Table<Words> table;
  for (const Row& row : rows)
    table.add(row.words, {.name = std::string(row.event),
                          .help = "What is said when " + std::string(row.when) + ".",
                          .example = std::string(row.example)});
  return table;
}

Event in_words(const Words& words, Event event) {
  const std::string name = text_at(event.fields, "name");
  for (const Row& row : rows)
    if (row.event == name && !(words.*row.words).empty()) event.message = words.*row.words;
  return event;
}

} // namespace deployctl::providers::notice
