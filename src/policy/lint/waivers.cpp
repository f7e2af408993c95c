#include "policy/lint/waivers.hpp"

#include <algorithm>
#include <utility>

#include "base/strings.hpp"
#include "policy/lint/findings.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t npos = std::string_view::npos;

struct Waiver {
  Findings::Place place; // of the comment
  std::size_t line = 0;  // that it speaks about
  std::string rule;
  std::string why;
  bool used = false;
};

bool follows_blank(std::string_view text, std::size_t at) {
  return at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == '\n';
}

std::vector<Waiver> waivers_in(std::string_view text, const LineTable& lines) {
  constexpr std::string_view address = "deployctl:";
  constexpr std::string_view verb = "allow";
  std::vector<Waiver> out;
  for (std::size_t at = text.find(address); at != npos; at = text.find(address, at + 1)) {
    const std::size_t line_begin = text.rfind('\n', at) + 1; // npos + 1 is the begin
    const std::size_t line_end = std::min(text.find('\n', at), text.size());
    const std::size_t sign = text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
    if (at == 0 || sign == npos || text[sign] != '#' || !follows_blank(text, sign)) continue;
    std::string_view words = trim(text.substr(at + address.size(), line_end - at - address.size()));
    if (words.substr(0, verb.size()) != verb) continue;
    words = trim(words.substr(verb.size()));
    const std::size_t space = std::min(words.find_first_of(" \t"), words.size());
    const bool alone = trim(text.substr(line_begin, sign - line_begin)).empty();
    out.push_back({.place = {sign, line_end},
                   .line = lines.position(at).line + (alone ? 1 : 0),
                   .rule = std::string(words.substr(0, space)),
                   .why = std::string(trim(words.substr(space)))});
  }
  return out;
}

bool is_meant(const Waiver& waiver, const Diagnostic& finding) {
  const Rule* rule = find_rule(waiver.rule);
  return rule != nullptr && rule->code == finding.code && !waiver.why.empty();
}

void judge_waivers(const std::vector<Waiver>& waivers, Findings& findings) {
  for (const Waiver& waiver : waivers) {
    if (!find_rule(waiver.rule))
      findings.add(code::waiver_of_nothing, waiver.place, "there is no rule '" + waiver.rule + "' to allow",
                   "write '# deployctl: allow RULE why' with the code of the finding");
    else if (waiver.why.empty())
      findings.add(code::waiver_without_reason, waiver.place,
                   "a waiver of " + waiver.rule + " without a reason",
                   "say behind the rule why this is as it should be");
    else if (!waiver.used)
      findings.add(code::waiver_of_nothing, waiver.place,
                   "nothing is found here that " + waiver.rule + " forbids", "remove the comment");
  }
}

} // namespace

Settled settle(std::string_view text, std::uint32_t source, std::vector<Diagnostic> findings) {
  const LineTable lines(text);
  std::vector<Waiver> waivers = waivers_in(text, lines);
  Settled settled;
  for (Diagnostic& finding : findings) {
    const std::size_t line = lines.position(finding.span.begin).line;
    const auto waiver = std::find_if(waivers.begin(), waivers.end(), [&](const Waiver& each) {
      return each.line == line && is_meant(each, finding);
    });
    if (waiver == waivers.end()) {
      settled.findings.push_back(std::move(finding));
      continue;
    }
    waiver->used = true;
    settled.waived.push_back({.finding = std::move(finding), .why = waiver->why});
  }
  Findings about_waivers(source);
  judge_waivers(waivers, about_waivers);
  for (Diagnostic& each : about_waivers.take()) settled.findings.push_back(std::move(each));
  return settled;
}

} // namespace deployctl::policy::lint
