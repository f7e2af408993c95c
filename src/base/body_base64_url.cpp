#include "base/body_base64_url.hpp"

#include <algorithm>
#include <cstring>

#include "base/body.hpp"

namespace deployctl {

Result<Text> base64_url_text(const Text& text) {
  DEPLOYCTL_TRY(const Text encoded, base64_text(text));
  std::string bytes(encoded.plain() ? std::string_view(*encoded.plain()) : encoded.secret()->reveal());
  std::ranges::replace(bytes, '+', '-');
  std::ranges::replace(bytes, '/', '_');
  Text changed = encoded.plain() ? Text(bytes) : Text(encoded.secret()->resolved_with(bytes));
  ::explicit_bzero(bytes.data(), bytes.size());
  return changed;
}

} // namespace deployctl
