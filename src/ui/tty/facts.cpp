#include "ui/tty/facts.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "ui/style.hpp"

namespace deployctl::ui::tty {
namespace {

std::string joined(const Facts& facts) {
  std::string out;
  for (const Fact& fact : facts) {
    if (fact.text.empty()) continue;
    out.append(out.empty() ? std::string_view() : fact.joint).append(one_line(fact.text));
  }
  return out;
}

} // namespace

int facts_width(const Facts& facts) {
  return static_cast<int>(display_width(joined(facts)));
}

std::string fitting_facts(Facts facts, int cells) {
  std::erase_if(facts, [](const Fact& fact) { return fact.text.empty(); });
  while (facts.size() > 1 && facts_width(facts) > cells)
    facts.erase(std::ranges::max_element(facts, {}, &Fact::rank));
  return elide(joined(facts), std::max(cells, 1));
}

} // namespace deployctl::ui::tty
