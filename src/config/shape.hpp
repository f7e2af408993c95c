// A spanned value against a field table: every mistake with its place, and the value in the shape its field
// promises (include/deployctl/field.hpp). The one checker of both the language's own tables and the inputs of
// actions.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/host.hpp>

#include "config/findings.hpp"
#include "config/probes.hpp"
#include "config/spanned.hpp"

namespace deployctl::config {

// What a `hosts` field's text stands for; mistakes are reported by the one who resolves.
using HostResolver = std::function<std::optional<std::vector<Host>>(const Spanned& written)>;

struct ShapeContext {
  Findings& findings;
  std::string_view action;          // "host.release"; empty in the language's own tables
  const FileProbe* files = nullptr; // none: files are not looked at
  bool missing_file_is_error = true;
  bool overlay = false; // null removes, and nothing is required yet
  HostResolver hosts;   // none: hosts stay as written
};

// Null where a mistake was reported. Unknown and Secret leaves pass where the table lets them.
Value shape(const Field& field, const Spanned& written, const Where& where, ShapeContext& context);

// The members of a map against a table, with its groups.
Value shape_members(const std::vector<Field>& fields, const std::vector<FieldGroup>& groups,
                    const Spanned& written, const Where& where, ShapeContext& context);

// Reports keys that the table does not have, and keys that a later version enforces.
void check_keys(const std::vector<Field>& fields, const Spanned& written, const Where& where,
                ShapeContext& context);

// "is not in this version", with code D0901 (key), D0902 (action), D0903 (value), D0904 (secret store) or
// D0905 (provider).
void report_later(Findings& findings, std::string_view code, Span span, std::string_view subject);

} // namespace deployctl::config
