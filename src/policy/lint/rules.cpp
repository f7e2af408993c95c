#include "policy/lint/rules.hpp"

#include <algorithm>
#include <array>

namespace deployctl::policy::lint {
namespace {

constexpr std::array all_rules = {
    Rule{code::secret_token, "secret-token"},
    Rule{code::private_key, "private-key"},
    Rule{code::url_password, "url-password"},
    Rule{code::secret_assignment, "secret-assignment", Severity::warning},
    Rule{code::secret_manifest, "secret-manifest"},
    Rule{code::dockerfile_unreadable, "dockerfile-unreadable"},
    Rule{code::root_user, "root-user", Severity::warning},
    Rule{code::unpinned_base, "unpinned-base", Severity::warning},
    Rule{code::secret_in_image, "secret-in-image"},
    Rule{code::secret_argument, "secret-argument", Severity::warning},
    Rule{code::single_stage, "single-stage", Severity::warning},
    Rule{code::huge_file, "huge-file"},
    Rule{code::package_cache, "package-cache", Severity::warning},
    Rule{code::dockerignore_missing, "dockerignore-missing", Severity::warning},
    Rule{code::dockerignore_incomplete, "dockerignore-incomplete", Severity::warning},
    Rule{code::data_not_on_volume, "data-not-on-volume"},
    Rule{code::image_without_digest, "image-without-digest", Severity::warning},
    Rule{code::no_health_check, "no-health-check", Severity::warning},
    Rule{code::exposed_port, "exposed-port", Severity::warning},
    Rule{code::debug_in_production, "debug-in-production"},
    Rule{code::default_password, "default-password"},
    Rule{code::open_cors, "open-cors", Severity::warning},
    Rule{code::waiver_without_reason, "waiver-without-reason"},
    Rule{code::waiver_of_nothing, "waiver-of-nothing", Severity::warning},
    Rule{code::no_such_rule, "no-such-rule"},
};

} // namespace

std::span<const Rule> rules() {
  return all_rules;
}

const Rule* find_rule(std::string_view word) {
  const auto found = std::find_if(all_rules.begin(), all_rules.end(),
                                  [&](const Rule& rule) { return rule.code == word || rule.name == word; });
  return found == all_rules.end() ? nullptr : &*found;
}

} // namespace deployctl::policy::lint
