// The JSON Schema of a pipeline file, made from the tables the validator uses: for editors (YAML language
// server) and for `deployctl schema`. Draft-07, because that is the newest the language server reads. Says
// what a table can say; references, graphs and hosts stay the validator's.
#pragma once

#include <string>

#include <deployctl/provider.hpp>
#include <deployctl/value.hpp>

namespace deployctl::config {

Value json_schema(const Catalog& catalog);

// Pretty JSON, with a last newline.
std::string schema_text(const Catalog& catalog);

} // namespace deployctl::config
