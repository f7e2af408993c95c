// The actions of this version: one explicit list. The order is that of the documentation.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers {

Catalog builtin_catalog(const Surroundings& surroundings = {});

} // namespace deployctl::providers
