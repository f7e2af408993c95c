// What file.put is asked for and what it saw, in one comparable form. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/ownership.hpp"

namespace deployctl::providers::file {

struct PutInputs : Ownership {
  std::string path;
  Value source; // {path, sha256, size, mode}, or null
  std::optional<Text> content;
  std::string mode;
};

Table<PutInputs> put_table();
std::vector<Field> put_fields(); // those of the table, and `hosts`
std::vector<InputProblem> check_put(const Value& inputs);

// A content as one text to compare ("sha256:...", "secret <digest of the reference>"; empty: it cannot be
// known to be the same) and as it is shown.
struct Content {
  std::string compared;
  Value shown;
};
Content wanted_content(const PutInputs& inputs);
// What the observe script said. `managed` holds content and mode, `facts` the kind, a secret's version, owner
// and group.
Observation read_observation(std::string_view out);
Value shown_content(const Observation& seen); // null: there is none

// SHA-256 over names, fixed text and version of a secret, never over its bytes.
std::string reference_digest(const Secret& secret);
std::string canonical_mode(std::string_view mode); // four octal digits

} // namespace deployctl::providers::file
