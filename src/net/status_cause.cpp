#include "net/status_cause.hpp"

#include <algorithm>
#include <array>

namespace deployctl::net {
namespace {

struct Meaning {
  int status;
  Cause cause;
};

constexpr auto meanings = std::to_array<Meaning>({
    {401, Cause::auth},
    {403, Cause::permission},
    {404, Cause::not_found},
    {408, Cause::network},
    {409, Cause::conflict},
    {410, Cause::not_found},
    {412, Cause::conflict},
    {413, Cause::capacity},
    {429, Cause::throttled},
});

} // namespace

Cause cause_of_status(int status) {
  const auto* found = std::ranges::find(meanings, status, &Meaning::status);
  if (found != meanings.end()) return found->cause;
  return status >= 500 ? Cause::network : Cause::config;
}

} // namespace deployctl::net
