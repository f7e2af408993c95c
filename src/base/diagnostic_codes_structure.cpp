#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 10> rows = {{
    {"D0201", "unknown key",
     "The key is not part of the language, or the field is not part of the action. Nothing is ignored: a key "
     "that is misspelt would otherwise silently not apply.",
     "steps:\n  web: { use: exec.run }\n", "steps:\n  web: { uses: exec.run }\n"},
    {"D0202", "missing key", "A key that everything else depends on is not written.",
     "steps:\n  web: { uses: host.release, with: {} }\n",
     "steps:\n  web: { uses: host.release, with: { path: /srv/web } }\n"},
    {"D0203", "wrong shape", "A map, a list or a single value stands where another of them is wanted.",
     "needs: build\n", "needs: [build]\n"},
    {"D0204", "no value",
     "The key has no value. Often an unquoted # began a comment there. Null is allowed in an environment "
     "only, where it removes a key of the top level.",
     "colour: #ff0000\n", "colour: \"#ff0000\"\n"},
    {"D0205", "keys that exclude each other",
     "Only one of these keys may be written, because each says the same thing in another way.",
     "with: { command: [make], script: make }\n", "with: { command: [make] }\n"},
    {"D0206", "one of several keys is missing", "At least one of these keys must be written.",
     "with: { env: { A: b } }\n", "with: { env: { A: b }, command: [make] }\n"},
    {"D0207", "not a name",
     "Names of steps, gates, roles, environments, vars and secrets begin with a small letter and go on with "
     "small letters, digits, _ and -, at most 63 characters: they become part of file names, container names "
     "and lock names.",
     "steps: { Web.Server: { uses: exec.run } }\n", "steps: { web-server: { uses: exec.run } }\n"},
    {"D0208", "null removes nothing",
     "A null in an environment removes a key of the top level, and there is none of that name. Often the "
     "name is misspelt.",
     "environments: { staging: { vars: { domian: ~ } } }\n",
     "environments: { staging: { vars: { domain: ~ } } }\n"},
    {"D0209", "not a minimum version",
     "`requires` takes the oldest version of deployctl that may read the file, as numbers between dots. It "
     "is a minimum by itself.",
     "requires: \">=0.1\"\n", "requires: 0.1\n"},
    {"D0210", "a newer deployctl is required", "The pipeline says that only a newer version may read it.",
     "requires: 99.0   # read by 0.1\n", "requires: 0.1\n"},
}};

} // namespace

std::span<const DiagnosticCode> structure() {
  return rows;
}

} // namespace deployctl::topics
