#include "base/secret_reference.hpp"

#include <algorithm>

#include "base/json_pointer.hpp"
#include "base/shell_word.hpp"
#include "base/strings.hpp"

namespace deployctl {
namespace {

tl::unexpected<Error> malformed(const SecretScheme& scheme, const std::string& fault) {
  return fail(Cause::config, "secret reference '" + std::string(scheme.name) + "://' " + fault,
              "write it as " + std::string(scheme.form));
}

// Where the key's '#' is: outside of quotes in a command, else the last one.
std::size_t find_key(const SecretScheme& scheme, std::string_view rest) {
  if (scheme.name != "exec") return rest.rfind('#');
  char quote = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (quote != 0) {
      if (rest[i] == quote) quote = 0;
    } else if (rest[i] == '\'' || rest[i] == '"') {
      quote = rest[i];
    } else if (rest[i] == '#') {
      return i;
    }
  }
  return std::string_view::npos;
}

// Words between blanks; a quote begins and ends a stretch in which blanks are ordinary.
Result<std::vector<std::string>> split_words(const SecretScheme& scheme, std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  char quote = 0;
  for (const char c : text) {
    if (quote == 0 && (c == ' ' || c == '\t')) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (c == quote)
      quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
    else
      words.back() += c;
  }
  if (quote != 0) return malformed(scheme, std::string("has no closing ") + quote);
  return words;
}

Status read_query(const SecretScheme& scheme, std::string_view query, SecretReference& out) {
  constexpr std::string_view name = "provider=";
  if (query.substr(0, name.size()) != name || query.size() == name.size())
    return malformed(scheme, "knows only '?provider=INSTANCE' after the path");
  out.provider = std::string(query.substr(name.size()));
  return {};
}

Status read_key(const SecretScheme& scheme, std::string_view key, SecretReference& out) {
  if (scheme.key == SecretKey::none) return malformed(scheme, "takes no '#'");
  if (key.empty()) return malformed(scheme, "has nothing after '#'");
  if (scheme.name == "dotenv" && !is_variable_name(key))
    return malformed(scheme, "wants a variable's name after '#', not '" + std::string(key) + "'");
  out.key = std::string(key);
  if (!scheme.pointer) return {};
  auto pointer = parse_json_pointer(key);
  if (!pointer) return malformed(scheme, "has a '#' with no pointer behind it: " + pointer.error().message);
  out.pointer = *std::move(pointer);
  return {};
}

// "--env=NAME" before the command, as often as wanted.
Status take_passed_variables(const SecretScheme& scheme, SecretReference& out) {
  constexpr std::string_view option = "--env=";
  auto word = out.argv.begin();
  for (; word != out.argv.end() && word->starts_with(option); ++word) {
    out.passes.push_back(word->substr(option.size()));
    if (!is_variable_name(out.passes.back()))
      return malformed(scheme, "wants a variable's name after --env=, not '" + out.passes.back() + "'");
  }
  out.argv.erase(out.argv.begin(), word);
  return {};
}

Status check_source(const SecretScheme& scheme, SecretReference& out) {
  if (out.source.empty()) return malformed(scheme, "names nothing");
  if (scheme.name == "env" && !is_variable_name(out.source))
    return malformed(scheme, "wants a variable's name, not '" + out.source + "'");
  if (scheme.name == "exec") {
    DEPLOYCTL_TRY(out.argv, split_words(scheme, out.source));
    DEPLOYCTL_CHECK(take_passed_variables(scheme, out));
    if (out.argv.empty() || out.argv.front().empty()) return malformed(scheme, "names no command");
  }
  if (scheme.least_parts == 0) return {};
  const auto parts = split(out.source, '/');
  const auto count = static_cast<int>(parts.size());
  if (count < scheme.least_parts || count > scheme.most_parts)
    return malformed(scheme, "has " + std::to_string(count) + " parts");
  // A parameter's name may begin with '/': "aws-ssm:///prod/db".
  const bool rooted = scheme.name == "aws-ssm";
  if (std::any_of(parts.begin() + (rooted ? 1 : 0), parts.end(),
                  [](std::string_view part) { return part.empty(); }))
    return malformed(scheme, "has an empty part in '" + out.source + "'");
  return {};
}

} // namespace

Result<SecretReference> parse_secret_reference(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos)
    return fail(Cause::config, "a secret must be a reference, not a value",
                "write a reference such as env://NAME or file://path; a value does not belong in this file");
  const std::string name(text.substr(0, colon));
  const SecretScheme* scheme = find_secret_scheme(name);
  if (!scheme) {
    std::vector<std::string> names;
    for (const SecretScheme& known : secret_schemes()) names.emplace_back(known.name);
    const auto similar = similar_names(name, names);
    return fail(Cause::config, "unknown secret scheme '" + name + "'",
                similar.empty() ? "schemes are " + join(names, ", ")
                                : "a similar scheme exists: '" + similar.front() + "'");
  }

  SecretReference out{.scheme = name};
  std::string_view rest = text.substr(colon + 3);
  if (const std::size_t hash = find_key(*scheme, rest); hash != std::string_view::npos) {
    DEPLOYCTL_CHECK(read_key(*scheme, rest.substr(hash + 1), out));
    rest = rest.substr(0, hash);
  } else if (scheme->key == SecretKey::required) {
    return malformed(*scheme, "needs a '#' and a key behind it");
  }
  if (const std::size_t query = rest.find('?'); !scheme->local && query != std::string_view::npos) {
    DEPLOYCTL_CHECK(read_query(*scheme, rest.substr(query + 1), out));
    rest = rest.substr(0, query);
  }
  out.source = std::string(rest);
  DEPLOYCTL_CHECK(check_source(*scheme, out));
  return out;
}

} // namespace deployctl
