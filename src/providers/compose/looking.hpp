// What runs of a project right now: the one look that readiness, diagnosis and the record of a release share.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/hosts.hpp>

#include "providers/compose/containers.hpp"

namespace deployctl::providers::compose {

struct Look {
  std::vector<Container> containers;
  std::map<std::string, std::string> image_ids; // by the image as it is asked for; empty: it is not there
};
struct LookWishes {
  std::string project;
  std::vector<std::string> images;
};
Result<Look> look_at(Hosts& hosts, const Host& host, const std::string& socket, const LookWishes& wishes,
                     const std::stop_token& stop);
Look read_look(std::string_view out); // pure

// The last lines that a container said; none when they cannot be had.
std::vector<std::string> last_words_of(Hosts& hosts, const Host& host, const std::string& socket,
                                       const std::string& container, const std::stop_token& stop);

} // namespace deployctl::providers::compose
