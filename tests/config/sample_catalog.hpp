// Actions made up for tests of the config layer: one of each kind, with every field type. Descriptions only;
// no verb is ever called.
#pragma once

#include <deployctl/provider.hpp>

namespace sample {

deployctl::Catalog catalog();

} // namespace sample
