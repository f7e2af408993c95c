#include "policy/lint/token_scan.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.hpp"
#include "policy/lint/randomness.hpp"
#include "policy/lint/token_checks.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t longest_token = 12'000; // of a JSON web token with many claims

std::string quoted(std::string_view literal) {
  std::string out;
  for (const char c : literal) {
    if (!is_letter_or_digit(c) && c != '_') out += '\\';
    out += c;
  }
  return out;
}

bool is_word_byte(char c) {
  return is_letter_or_digit(c) || c == '_';
}

// "\n" and "\t" of JSON and shells in front of a token are not letters of it.
bool follows_escape(std::string_view text, std::size_t begin) {
  return begin >= 2 && text[begin - 2] == '\\' && (text[begin - 1] == 'n' || text[begin - 1] == 't');
}

// A token stands alone: letters around it make it a part of something else.
bool stands_alone(std::string_view text, Pattern::Range whole) {
  const bool joined_left = whole.begin > 0 && is_word_byte(text[whole.begin]) &&
                           (is_word_byte(text[whole.begin - 1]) || text[whole.begin - 1] == '+') &&
                           !follows_escape(text, whole.begin);
  const bool joined_right =
      whole.end < text.size() && is_word_byte(text[whole.end - 1]) && is_word_byte(text[whole.end]);
  return !joined_left && !joined_right;
}

std::optional<FoundSecret> examine(const TokenShape& shape, std::string_view text, Pattern::Range secret) {
  Candidate candidate{.shape = shape, .text = text, .begin = secret.begin, .end = secret.end};
  if (entropy_of(candidate.secret()) < shape.entropy || is_placeholder(candidate.secret()))
    return std::nullopt;
  const Judgement judgement = judge(candidate);
  if (judgement.verdict == Verdict::refuted) return std::nullopt;
  FoundSecret found{.rule = shape.rule,
                    .kind = shape.name,
                    .severity = judgement.verdict == Verdict::harmless ? Severity::warning : Severity::error,
                    .what = std::string(shape.title),
                    .begin = candidate.begin,
                    .end = candidate.end};
  if (!judgement.detail.empty()) found.what += " " + judgement.detail;
  return found;
}

} // namespace

Result<TokenScanner> TokenScanner::compile() {
  std::vector<Form> forms;
  std::vector<std::string> literals;
  for (const TokenShape& shape : token_shapes()) {
    forms.push_back({.shape = &shape, .markers = split(shape.markers, '|'), .pattern = std::nullopt});
    for (const std::string_view marker : forms.back().markers) literals.push_back(quoted(marker));
  }
  DEPLOYCTL_TRY(Pattern markers, Pattern::compile(join(literals, "|")));
  return TokenScanner(std::move(markers), std::move(forms));
}

void TokenScanner::look_at(std::string_view text, std::size_t marker, std::vector<FoundSecret>& found) {
  for (Form& form : forms_) {
    if (marker < form.shape->lead) continue;
    if (std::none_of(form.markers.begin(), form.markers.end(), [&](std::string_view literal) {
          return text.substr(marker, literal.size()) == literal;
        }))
      continue;
    // A row that is no pattern is a mistake of ours: a test compiles them all.
    if (!form.pattern) form.pattern = Pattern::compile(form.shape->form).value();
    const std::size_t begin = marker - form.shape->lead;
    const auto hit =
        form.pattern->match_at(text.substr(0, std::min(text.size(), begin + longest_token)), begin);
    if (!hit || !stands_alone(text, hit->whole)) continue;
    if (auto secret = examine(*form.shape, text, hit->group)) found.push_back(*std::move(secret));
  }
}

std::vector<FoundSecret> TokenScanner::scan(std::string_view text) {
  std::vector<FoundSecret> found;
  for (auto marker = markers_.find(text); marker; marker = markers_.find(text, marker->begin + 1))
    look_at(text, marker->begin, found);
  return without_overlaps(std::move(found));
}

std::vector<FoundSecret> without_overlaps(std::vector<FoundSecret> found) {
  std::stable_sort(found.begin(), found.end(), [](const FoundSecret& a, const FoundSecret& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<FoundSecret> out;
  for (FoundSecret& each : found)
    if (out.empty() || each.begin >= out.back().end) out.push_back(std::move(each));
  return out;
}

} // namespace deployctl::policy::lint
