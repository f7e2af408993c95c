// The key `policy` of a pipeline: the level that findings of a rule have, in all files or in some, and why.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/lint/findings.hpp"
#include "policy/lint/waivers.hpp"
#include "yaml/document.hpp"

namespace deployctl::policy::lint {

class Levels {
public:
  // Of the top level, with those of `environment` laid over them; empty: of none. What is malformed says
  // nothing: the language's tables tell about it.
  static Levels of(const yaml::Node& pipeline, std::string_view environment = {});

  // The findings with these levels; those of a rule that is off are among the waived.
  void apply(const std::vector<Source>& sources, Settled& settled) const;

private:
  struct Row {
    const Rule* rule = nullptr;
    std::optional<Severity> level; // none: off
    std::string why;
    std::vector<std::string> paths; // globs; empty: every file
  };

  void lay_over(const yaml::Node* policy);
  [[nodiscard]] const Row* row_for(const Diagnostic& finding, const std::vector<Source>& sources) const;

  std::vector<Row> rows_;
};

// What the language's tables cannot tell: a rule that does not exist, a level below the rule's own without a
// reason.
void check_policy(const yaml::Node& pipeline, Findings& findings);

} // namespace deployctl::policy::lint
