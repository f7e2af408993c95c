#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 18> rows = {{
    {"D0101", "file too large",
     "A pipeline file has at most 4 MiB. Larger ones are data, and data belongs into files that a step "
     "names.",
     "env: { BLOB: \"...5 MiB of base64...\" }\n", "files: { blob.bin: ./blob.bin }\n"},
    {"D0102", "not UTF-8",
     "The file must be UTF-8. Bytes that are not would reach hosts as something else than what the editor "
     "shows.",
     "reason: caf\\xE9        # one byte, as Latin-1 writes it\n",
     "reason: caf\xC3\xA9         # saved as UTF-8\n"},
    {"D0103", "control character",
     "NUL and other control characters cannot be seen, so they cannot be reviewed. Inside double quotes an "
     "escape says "
     "openly that one is wanted.",
     "banner: <ESC>[31mred\n", "banner: \"\\e[31mred\"\n"},
    {"D0104", "tab as indentation",
     "YAML indents with spaces only, because editors disagree about the width of a tab.",
     "steps:\n<TAB>web: {}\n", "steps:\n  web: {}\n"},
    {"D0105", "not valid YAML",
     "The text cannot be read as YAML at this place. Mostly the indentation fits no line above, or a space "
     "is missing "
     "behind a colon. What stands in the faulty value is left out, and the rest is checked all the same.",
     "steps:\n    web: {}\n  api: {}\n", "steps:\n  web: {}\n  api: {}\n"},
    {"D0106", "quote not closed",
     "A text that begins with a quote goes on to the next quote of the same kind, over lines if need be. "
     "Without one "
     "it would take in the rest of the file.",
     "name: \"api\nport: 8000\n", "name: \"api\"\nport: 8000\n"},
    {"D0107", "needs quotes",
     "Some characters are YAML's own. A text that begins with one of * & ! % @ | > or a backquote needs "
     "quotes "
     "everywhere; inside [ ] and { } also one that holds ${ { } [ ] , or ?.",
     "requires: >=1\nurls: [http://a/?x=1, ${vars.url}]\n",
     "requires: \">=1\"\nurls: [\"http://a/?x=1\", \"${vars.url}\"]\n"},
    {"D0108", "bracket not matched", "Every [ needs its ] and every { its }, in order.",
     "ports: [80, 443\nname: web\n", "ports: [80, 443]\nname: web\n"},
    {"D0109", "duplicate key",
     "A key may stand once in a map. Readers of YAML disagree about which of two wins, so none is chosen.",
     "env: { LEVEL: info, LEVEL: debug }\n", "env: { LEVEL: debug }\n"},
    {"D0110", "key is no text", "Keys are texts: no lists, no maps, not null.", "? [a, b]\n: 1\n",
     "a: 1\nb: 1\n"},
    {"D0111", "second document",
     "One file holds one pipeline. Most readers would silently ignore what follows a second `---`.",
     "version: 1\n---\nversion: 1\n", "version: 1\n"},
    {"D0112", "YAML tag",
     "A value takes its type from the field it stands in, so tags would say nothing or lie.",
     "port: !!str 8000\n", "port: 8000\n"},
    {"D0113", "undefined alias",
     "An alias repeats the value that an anchor named above it. A text that begins with * needs quotes.",
     "with: *defaults\n", "x-defaults: &defaults { port: 8000 }\nwith: *defaults\n"},
    {"D0114", "alias inside its own anchor", "A value cannot contain itself.", "a: &a [1, *a]\n",
     "b: &b [1]\na: [1, *b]\n"},
    {"D0115", "nested too deep",
     "Values may be nested 64 levels deep, aliases included. No field needs more, and hostile files use it "
     "to exhaust "
     "memory.",
     "a: [[[[ ...65 times... ]]]]\n", "a: [[1]]\n"},
    {"D0116", "too many values",
     "A file may hold 100,000 values once its aliases are resolved: a few hundred bytes of aliases can stand "
     "for "
     "billions.",
     "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]      # and so on\n",
     "a: &a [x, x, x]\nb: [*a]\n"},
    {"D0117", "merge of something else than a map",
     "The key << takes in the entries of a map, or of a list of maps. The map's own keys win, then the "
     "earlier map of "
     "the list.",
     "x-port: &port 8000\nwith:\n  <<: *port\n", "x-web: &web { port: 8000 }\nwith:\n  <<: *web\n"},
    {"D0118", "unknown escape",
     "Inside double quotes a backslash begins an escape such as \\n or \\x41. Inside single quotes it is a "
     "backslash.",
     "pattern: \"\\d+\"\n", "pattern: '\\d+'\n"},
}};

} // namespace

std::span<const DiagnosticCode> yaml_text() {
  return rows;
}

} // namespace deployctl::topics
