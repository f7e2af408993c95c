#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 8> rows = {{
    {"D0401", "malformed interpolation",
     "An interpolation is ${name}, with filters ${name | filter}; an environment variable may have "
     "${NAME:-default} or "
     "${NAME:?message}. There is no expression language. $${ gives a literal ${, and $NAME is untouched.",
     "site: \"${vars.domain\"\n", "site: \"${vars.domain}\"\n"},
    {"D0402", "unknown filter", "The filters are slug, lower, trim, url, json, base64 and default.",
     "name: \"${git.branch | upper}\"\n", "name: \"${git.branch | slug}\"\n"},
    {"D0403", "wrong argument of a filter", "Only default takes an argument, one text in single quotes.",
     "name: \"${git.tag | default(none)}\"\n", "name: \"${git.tag | default('none')}\"\n"},
    {"D0405", "no text",
     "Inside a longer text only texts, numbers and booleans can stand. Alone, an interpolation keeps its "
     "type, so a list "
     "or map may be given on; as JSON it fits into text.",
     "list: \"all: ${vars.names}\"\n", "list: \"all: ${vars.names | json}\"\n"},
    {"D0406", "filter does not apply",
     "Filters change text that is known. A secret is never read while planning, and a step's output is not "
     "there yet "
     "unless the filter stands where the output is named.",
     "auth: \"${secrets.token | base64}\"\n", "auth: \"${secrets.token_in_base64}\"\n"},
    {"D0407", "secret and unknown in one text",
     "A text that waits for a step's output is kept in the plan, and plans hold no secrets. Both in one text "
     "is refused.",
     "url: \"https://${secrets.token}@${steps.web.host}\"\n",
     "url: \"https://${steps.web.host}\"\ntoken: \"${secrets.token}\"\n"},
    {"D0408", "required variable not set",
     "The variable is written as ${NAME:?message}, and is not set or empty.",
     "key: \"${API_KEY:?ask the ops team}\"      # and API_KEY is not set\n", "key: \"${API_KEY:-none}\"\n"},
    {"D0409", "interpolation inside a default",
     "The default behind :- is plain text up to the closing brace.", "host: \"${HOST:-${vars.host}}\"\n",
     "host: \"${vars.host}\"\n"},
}};

} // namespace

std::span<const DiagnosticCode> interpolation() {
  return rows;
}

} // namespace deployctl::topics
