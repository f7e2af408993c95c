// WWW-Authenticate (RFC 9110 section 11.6.1): what a server wants to be shown. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/ports/http.hpp>

namespace deployctl::registry {

struct Challenge {
  std::string scheme;                            // lower case: "bearer"
  std::string token;                             // of schemes that carry one token68 instead of parameters
  std::map<std::string, std::string> parameters; // names in lower case; the first of equal names counts

  [[nodiscard]] std::string parameter(const std::string& name) const; // empty: none
};

// Several may stand in one header, between commas. What cannot be read ends the list: a part of a challenge
// would be a wrong one.
std::vector<Challenge> parse_challenges(std::string_view header);
// Of all such headers of a response.
std::vector<Challenge> challenges_of(const HttpResponse& response);
// Bearer before Basic; null: neither.
const Challenge* preferred(const std::vector<Challenge>& challenges);

} // namespace deployctl::registry
