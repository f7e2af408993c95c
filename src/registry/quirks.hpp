// How known services differ from the specification, as one table. Rows say what is known beforehand; what a
// server shows by its answers is learned in the client. Not a place for code paths by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace deployctl::registry {

struct Quirks {
  std::string_view service;
  std::string_view host;         // the host itself, or everything below it with a leading '.'; "": all others
  std::uint64_t least_chunk = 0; // bytes of every chunk but the last
  std::uint64_t most_chunk = 0;  // 0: no limit is known
  int tags_per_page = 1'000;
  bool chunked = true;              // PATCH may be used at all
  bool referrers = true;            // worth asking for; otherwise the fallback tag at once
  bool mounts = true;               // a mount may succeed
  bool creates_repositories = true; // by the first push
};

const Quirks& quirks_of(const std::string& host);

} // namespace deployctl::registry
