#include "config/rules.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "config/freeze.hpp"
#include "config/language.hpp"
#include "config/strategy.hpp"
#include "config/version_number.hpp"

namespace deployctl::config {

namespace {

// One place that a rule speaks about.
struct Match {
  const Spanned& written;
  const Where& where;
  std::string_view environment; // in which it stands; empty at the top level
};

const std::string* text_of(const Spanned* written) {
  return written && written->kind == Spanned::Kind::text ? &written->text : nullptr;
}

// Read before anything can be known: the name of the stack, the choice of the environment.
void check_plain(const Match& match, RuleContext& context) {
  if (match.written.kind != Spanned::Kind::later) return;
  context.findings.error("D0422", match.written.span,
                         fmt::format("{} cannot be interpolated", match.where.text()), "must be written out",
                         "it is read before anything else is known: write the name itself");
}

void check_requires(const Match& match, RuleContext& context) {
  check_plain(match, context);
  const auto* text = text_of(&match.written);
  if (!text) return;
  if (!parse_version(*text)) {
    const auto digits = text->find_first_of("0123456789");
    const auto version =
        digits == std::string::npos ? std::string_view{} : std::string_view(*text).substr(digits);
    context.findings.error(
        "D0209", match.written.span, fmt::format("'requires: {}' is no version", *text), "not a version",
        parse_version(version)
            ? fmt::format("it is the minimum by itself: write requires: {}", version)
            : "write the oldest version of deployctl that may read the file, for example requires: 0.1");
  } else if (compare_versions(*text, tool_version()) > 0) {
    context.findings.error(
        "D0210", match.written.span,
        fmt::format("the pipeline requires deployctl {}, this is {}", *text, tool_version()),
        "newer than this", "install that version or a newer one");
  }
}

void check_environment_name(const Match& match, RuleContext& context) {
  check_plain(match, context);
  const auto* text = text_of(&match.written);
  if (!text) return;
  for (const auto& name : context.environments)
    if (name == *text) return;
  context.findings.error("D0609", match.written.span, fmt::format("no environment '{}' is declared", *text),
                         "no such environment",
                         similar_help(*text, context.environments, "environment", "environments"));
}

void check_from(const Match& match, RuleContext& context) {
  check_environment_name(match, context);
  if (const auto* text = text_of(&match.written); text && *text == match.environment)
    context.findings.error("D0609", match.written.span,
                           fmt::format("environment '{}' is promoted from itself", *text),
                           "the same environment", "name the environment that comes before it");
}

void check_glob(const Match& match, RuleContext& context) {
  const auto* text = text_of(&match.written);
  if (!text) return;
  const bool full = text->starts_with("refs/");
  if (!text->empty() && !full && text->find(' ') == std::string::npos) return;
  context.findings.error("D0324", match.written.span, fmt::format("'{}' matches no branch and no tag", *text),
                         "not a name or glob",
                         full ? "write the short name, without refs/heads/ or refs/tags/"
                              : "write a name or a glob such as release/*");
}

// Names without a file that says who they are, or the file without names: neither could be enforced.
void check_signers(const Match& match, RuleContext& context) {
  const auto* by = match.written.entry("by");
  const auto* signers = match.written.entry("signers");
  if (by && !signers)
    context.findings.error("D0614", by->key_span,
                           fmt::format("{} does not say whose keys count", match.where.text()), "whose keys?",
                           "name an OpenSSH allowed-signers file: signers: deploy-signers");
  for (const char* key : {"signers", "quorum", "expires", "self"})
    if (const auto* entry = match.written.entry(key); entry && !by)
      return context.findings.error(
          "D0614", entry->key_span,
          fmt::format("'{}' in {} says nothing without 'by'", key, match.where.text()), "of whom?",
          "name who may approve: by: [lead]");
}

void check_quorum(const Match& match, RuleContext& context) {
  const auto* by = match.written.find("by");
  const auto* quorum = text_of(match.written.find("quorum"));
  if (!by || by->kind != Spanned::Kind::list || !quorum) return;
  const auto count = parse_version(*quorum); // a whole number is a version of one part
  if (count && static_cast<std::size_t>(count->front()) > by->items.size())
    context.findings.error(
        "D0612", match.written.find("quorum")->span,
        fmt::format("{} approvals are wanted, and {} may approve", *quorum, by->items.size()),
        "never reached", "lower the quorum or name more people in `by`");
}

void check_approval(const Match& match, RuleContext& context) {
  check_signers(match, context);
  check_quorum(match, context);
}

void check_strategy(const Match& match, RuleContext& context) {
  read_strategy(match.written, match.where, context.findings);
}

void check_window(const Match& match, RuleContext& context) {
  const auto* zone = text_of(match.written.find("zone"));
  if (zone && !context.known_zones)
    context.known_zones = context.zones ? context.zones() : std::vector<std::string>{};
  check_freeze(match.written, context.known_zones.value_or(std::vector<std::string>{}), context.findings);
}

struct Rule {
  std::string_view place; // '*' is any key or item
  void (*check)(const Match&, RuleContext&);
};

constexpr std::array<Rule, 27> all_rules = {{
    {"version", check_plain},
    {"project", check_plain},
    {"state", check_plain},
    {"environments/*/state", check_plain},
    {"requires", check_requires},
    {"steps/*/environments/*", check_environment_name},
    {"finally/*/environments/*", check_environment_name},
    {"gates/*/environments/*", check_environment_name},
    {"notify/*/environments/*", check_environment_name},
    {"environments/*/steps/*/environments/*", check_environment_name},
    {"environments/*/gates/*/environments/*", check_environment_name},
    {"environments/*/notify/*/environments/*", check_environment_name},
    {"environments/*/from", check_from},
    {"environments/*/allow/branches/*", check_glob},
    {"environments/*/allow/tags/*", check_glob},
    {"steps/*/when/branches/*", check_glob},
    {"steps/*/when/tags/*", check_glob},
    {"finally/*/when/branches/*", check_glob},
    {"finally/*/when/tags/*", check_glob},
    {"environments/*/approval", check_approval},
    {"steps/*/approval", check_approval},
    {"environments/*/steps/*/approval", check_quorum},
    {"environments/*/freeze/*", check_window},
    {"steps/*/strategy", check_strategy},
    {"finally/*/strategy", check_strategy},
    {"environments/*/steps/*/strategy", check_strategy},
    {"environments/*/steps/*/when/branches/*", check_glob},
}};

std::string_view noun_below(std::string_view section) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> nouns = {
      {{"steps", "step"}, {"finally", "step"}, {"gates", "gate"}, {"environments", "environment"}}};
  for (const auto& [key, noun] : nouns)
    if (key == section) return noun;
  return {};
}

// Names a place as the tables do: the step, not the way to it.
struct Visit {
  const Rule& rule;
  RuleContext& context;
  std::vector<std::string_view> parts;

  void at(const Spanned& written, std::size_t depth, const Where& where, std::string_view environment) const {
    if (depth == parts.size()) return rule.check({written, where, environment}, context);
    if (parts[depth] != "*") {
      const auto* entry = written.entry(parts[depth]);
      if (entry) at(entry->value, depth + 1, Where{.around = &where, .name = entry->key}, environment);
      return;
    }
    for (const auto& item : written.items) at(item, depth + 1, where, environment);
    for (const auto& entry : written.entries) {
      const Where inside{.around = &where,
                         .noun = noun_below(depth > 0 ? parts[depth - 1] : std::string_view{}),
                         .name = entry.key};
      at(entry.value, depth + 1, inside,
         depth == 1 && parts[0] == "environments" ? std::string_view(entry.key) : environment);
    }
  }
};

} // namespace

void check_rules(RuleContext& context) {
  for (const auto& rule : all_rules) {
    const Where top;
    Visit{rule, context, split(rule.place, '/')}.at(context.root, 0, top, {});
  }
}

} // namespace deployctl::config
