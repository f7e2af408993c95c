#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 5> rows = {{
    {"D0701", "not a reference",
     "Under `secrets` stand references, never values. The message does not repeat what stands there.",
     "secrets: { key: hunter2 }\n", "secrets: { key: env://KEY }\n"},
    {"D0702", "malformed reference", "The reference does not have the form of its store.",
     "secrets: { key: dotenv://.env }\n", "secrets: { key: \"dotenv://.env#KEY\" }\n"},
    {"D0703", "unknown secret", "Only secrets that are declared under `secrets` can be used.",
     "env: { KEY: \"${secrets.kee}\" }\n", "env: { KEY: \"${secrets.key}\" }\n"},
    {"D0704", "a secret where others can see it",
     "Arguments of commands, names and other fields can be read by every process of a machine or stand in "
     "plans and logs. Secrets enter by environment variables, standard input or fields that take them.",
     "command: [login, \"${secrets.key}\"]\n", "command: [login]\nenv: { KEY: \"${secrets.key}\" }\n"},
    {"D0705", "a secret alone is wanted",
     "The field takes one secret by reference: neither the value itself nor text around it.",
     "token: abcdef\n", "token: \"${secrets.token}\"\n"},
}};

} // namespace

std::span<const DiagnosticCode> secrets() {
  return rows;
}

} // namespace deployctl::topics
