// A URL that is accepted is written back as a URL that parses to the same value, also after a join with
// itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/url.hpp"

using namespace deployctl::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = parse_url(text);
  if (url) {
    const auto again = parse_url(url->text());
    if (!again || again->text() != url->text()) std::abort();
    static_cast<void>(url->is_loopback());
  }
  static const Url base = *parse_url("https://example.com:8443/a/b/c?q");
  if (const auto joined = join(base, text); joined && !parse_url(joined->text())) std::abort();
  return 0;
}
