#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 15> rows = {{
    {"D0301", "neither true nor false",
     "Booleans are written true and false only. yes, no, on and off are texts here, because readers of YAML "
     "disagree "
     "about them.",
     "protected: yes\n", "protected: true\n"},
    {"D0302", "not a whole number",
     "Whole numbers are decimal digits with an optional minus: no leading zeros (012 is ten to some "
     "readers), no "
     "underscores, no 0x.",
     "port: 08000\n", "port: 8000\n"},
    {"D0303", "not a number", "Numbers are decimal: 2, 0.5, 1e3.", "ratio: .5\n", "ratio: 0.5\n"},
    {"D0304", "not a duration, size or percentage",
     "Durations (250ms 10s 5m 4h 3d), sizes (512MiB, 2GB) and percentages (25%) are whole numbers with their "
     "unit "
     "always: a bare 10 would be seconds to one reader and minutes to the next.",
     "timeout: 10\n", "timeout: 10s\n"},
    {"D0305", "outside the range", "The field has bounds, and the value lies outside of them.",
     "port: 70000\n", "port: 7000\n"},
    {"D0306", "not one of the choices", "The field takes one of a few words.", "effect: twice\n",
     "effect: once\n"},
    {"D0307", "not of the wanted form", "The text must have the form that the field names.", "id: My Step\n",
     "id: my-step\n"},
    {"D0308", "not a URL", "A URL has a scheme and a host.", "url: example.com/healthz\n",
     "url: https://example.com/healthz\n"},
    {"D0309", "wrong shape", "A list, a map or a text was given where another of them is wanted.",
     "command: pytest -q\n", "command: [pytest, -q]\n"},
    {"D0310", "too few or too many", "The list or map has bounds on its length.", "environments: {}\n",
     "environments: { production: {} }\n"},
    {"D0320", "no such file",
     "The input names a local file or folder that is not there. In `validate` this is a warning: a step "
     "before may make it.",
     "source: dist\n", "source: build/dist\n"},
    {"D0321", "outside of the pipeline's folder",
     "Inputs are kept with the release, so they lie below the folder of the pipeline, also after links are "
     "followed.",
     "source: ../secrets\n", "source: app\n"},
    {"D0322", "not that kind of file", "A regular file or a folder was wanted, and something else is there.",
     "files: { run: scripts/ }\n", "files: { run: scripts/run }\n"},
    {"D0323", "against a rule of the action",
     "Each field is right by itself; together, or for this action, they are not.",
     "health: { http: healthz }\n", "health: { http: \":8000/healthz\" }\n"},
    {"D0324", "matches no branch and no tag", "Branches and tags are compared by their short names.",
     "branches: [refs/heads/main]\n", "branches: [main]\n"},
}};

} // namespace

std::span<const DiagnosticCode> values() {
  return rows;
}

} // namespace deployctl::topics
