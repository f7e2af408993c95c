// The actions of this version: one explicit list. The order is that of the documentation.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers {

Catalog builtin_catalog();

} // namespace deployctl::providers
