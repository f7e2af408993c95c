#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 9> rows = {{
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
}};

} // namespace

std::span<const DiagnosticCode> values() {
  return rows;
}

} // namespace deployctl::topics
