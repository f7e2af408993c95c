// `messages`: what a notice says instead of the usual sentence, by event. An input of every notice that
// speaks to people.
#pragma once

#include <string>

#include <deployctl/event.hpp>
#include <deployctl/input.hpp>

namespace deployctl::providers::notice {

struct Words {
  std::string started;
  std::string approval;
  std::string succeeded;
  std::string failed;
  std::string rolled_back;
};

Field words_field();
Table<Words> words_table();

// The event in those words, where there are any for it.
Event in_words(const Words& words, Event event);

} // namespace deployctl::providers::notice
