// What the names in `${...}` stand for, in one environment: variables, vars, secrets, git, hosts, other
// steps. Answers questions of interpolation.hpp. For the config layer's own use.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "config/facts.hpp"
#include "config/hosts.hpp"
#include "config/reader.hpp"

namespace deployctl::config {

// Strict: what is not known is an error. Offline: it is a warning at most, and the value fits every type.
enum class Knowledge { strict, offline };

// Which roots a place may use, as bits.
namespace roots {
inline constexpr unsigned variable = 1U << 0U; // ${NAME}
inline constexpr unsigned vars = 1U << 1U;
inline constexpr unsigned secrets = 1U << 2U;
inline constexpr unsigned names = 1U << 3U; // environment, project
inline constexpr unsigned hosts = 1U << 4U;
inline constexpr unsigned host = 1U << 5U;
inline constexpr unsigned facts = 1U << 6U; // git, release, live, run
inline constexpr unsigned each = 1U << 7U;
inline constexpr unsigned steps = 1U << 8U;
inline constexpr unsigned store = variable | vars | names | facts; // secret references
inline constexpr unsigned fixed = store | hosts;                   // vars, and keys of the language
inline constexpr unsigned input = fixed | secrets | each | steps;  // `with`
} // namespace roots

struct EachItem {
  std::string name;
  Value fields; // a map, or null
};

// Answers for `steps.`, whose rules need the graph.
using StepNames = std::function<Found(const Reference&, Span)>;

// What one place may refer to.
struct Reach {
  unsigned allowed = roots::fixed;
  const EachItem* each = nullptr;
  const std::vector<Host>* on_hosts = nullptr; // of the step; none: not known
  StepNames steps;
  Knowledge knowledge = Knowledge::strict;
};

struct ScopeInputs {
  const yaml::Node& merged; // the top level with the environment laid over it
  std::string_view environment;
  std::string_view project;
  const Facts& facts;
  const Roles& roles;
  const Reader& reader;
  Findings& findings;
};

class Scope {
public:
  explicit Scope(ScopeInputs inputs);

  [[nodiscard]] Names names(Reach reach);
  [[nodiscard]] const std::set<std::string>& used_secrets() const { return used_secrets_; }
  [[nodiscard]] std::string release_version() const;

private:
  friend struct ScopeRoots;
  struct Variable {
    const yaml::Node* written = nullptr;
    std::optional<Value> value;
    bool in_progress = false;
  };

  Found find(const Reference& reference, Span place, const Reach& reach);
  Found var(const Reference& reference, Span place, const Reach& reach);
  Found evaluate_var(const std::string& name, Variable& variable, const Reach& reach);

  ScopeInputs inputs_;
  std::map<std::string, Variable, std::less<>> vars_;
  std::vector<std::string> secret_names_;
  std::set<std::string> used_secrets_;
};

// The path behind the root: "vars.a.b" gives "a.b".
std::string_view below_root(std::string_view name);
// Text as written, so that the field it ends in decides its type: 1.10 stays 1.10.
Value text_value(const Spanned& written);

} // namespace deployctl::config
