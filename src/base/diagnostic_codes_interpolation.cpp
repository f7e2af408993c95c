#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 19> rows = {{
    {"D0401", "malformed interpolation",
     "An interpolation is ${name}, with filters ${name | filter}; an environment variable may have "
     "${NAME:-default} or "
     "${NAME:?message}. There is no expression language. $${ gives a literal ${, ${'text'} is that text, and "
     "$NAME is untouched.",
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
    {"D0420", "unknown name", "Nothing of that name can be interpolated here.", "${projekt}\n",
     "${project}\n"},
    {"D0421", "environment variable not set",
     "The variable has no value where deployctl runs. `validate` warns, `plan` refuses when the value is "
     "used.",
     "url: ${SERVER}\n", "url: ${SERVER:-https://example.com}\n"},
    {"D0422", "may not be used here",
     "Each place may use only what is known when it is read: secret references may not hold secrets, hosts "
     "may not depend on steps.",
     "secrets: { key: \"env://${secrets.name}\" }\n", "secrets: { key: \"env://${vars.name}\" }\n"},
    {"D0423", "unknown variable", "Only variables that are declared under `vars` can be used.",
     "site: ${vars.domian}\n", "site: ${vars.domain}\n"},
    {"D0425", "not an output",
     "The step's action has no such output, or the step has several instances and none is named.",
     "image: ${steps.image.digset}\n", "image: ${steps.image.digest}\n"},
    {"D0426", "output of an absent step",
     "The step is left out in this environment, and the live release recorded no such output of it.",
     "image: ${steps.build.ref}\n", "image: ${steps.build.ref | default('none')}\n"},
    {"D0427", "no value now",
     "The repository, the live release or the run does not have that value at the moment.",
     "tag: ${git.tag}\n", "tag: ${git.tag | default('none')}\n"},
    {"D0428", "reference into x-",
     "Keys beginning with x- are a place for YAML anchors and otherwise ignored.", "${x-common.domain}\n",
     "${vars.domain}\n"},
    {"D0429", "a variable made of itself", "Variables may use each other, not in a circle.",
     "vars: { a: \"${vars.b}\", b: \"${vars.a}\" }\n", "vars: { a: \"${vars.b}\", b: text }\n"},
    {"D0430", "interpolation in a key", "Interpolation works in values. Keys are taken as they stand.",
     "env: { \"${vars.name}\": x }\n", "env: { NAME: \"${vars.name}\" }\n"},
    {"D0431", "--set of an undeclared variable",
     "`--set` replaces the value of a variable that the pipeline declares; anything else would have no "
     "effect.",
     "--set domian=example.com\n", "--set domain=example.com\n"},
}};

} // namespace

std::span<const DiagnosticCode> interpolation() {
  return rows;
}

} // namespace deployctl::topics
