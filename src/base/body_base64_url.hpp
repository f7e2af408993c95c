// Text that holds secrets in the alphabet of URLs, as engines of containers want a login in a header.
#pragma once

#include <deployctl/result.hpp>
#include <deployctl/text.hpp>

namespace deployctl {

// RFC 4648 section 5, padded. An unresolved secret is an error (internal): it has no bytes.
Result<Text> base64_url_text(const Text& text);

} // namespace deployctl
