// JSON text from and to Value; the one wrapper of the JSON library. Canonical text (sorted keys, no spaces,
// one form for each number) is what digests are taken of. Not for configuration: that is YAML with spans
// (src/yaml).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl {

// `contract`: our own files. {"$unknown": {...}} and {"$secret": {...}} are the two leaves, any other key
// that begins with '$' is written with that '$' doubled, duplicate keys and integers beyond 64 bits are
// errors. `plain`: what others send and want. '$' means nothing, the last of duplicate keys wins, larger
// integers become doubles.
enum class JsonMode { plain, contract };

struct JsonLimits {
  std::size_t bytes = 16U << 20; // of text
  int depth = 64;                // of nested lists and maps
};

// Canonical: after RFC 8785, but keys in byte order. A number that is not finite becomes null; bytes that are
// not UTF-8 become U+FFFD. Never holds the bytes of a secret. In mode `plain` a leaf without JSON form is a
// bug (std::logic_error).
std::string to_json(const Value& value, JsonMode mode = JsonMode::contract);
// The same with two spaces of indentation and a last newline.
std::string to_pretty_json(const Value& value, JsonMode mode = JsonMode::contract);
// `text` as a JSON string with its quotes.
std::string quote_json(std::string_view text);

// Cause::config with the byte offset in the message when the text is not JSON or beyond the limits.
Result<Value> parse_json(std::string_view text, JsonMode mode, JsonLimits limits = {});

} // namespace deployctl
