// The calls of the Docker Engine API that deployctl makes, one row each, and what each does to the world: the
// requests and the operation table come from the same rows. Pure; who sends them is engine.hpp.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/operation.hpp>
#include <deployctl/ports/http.hpp>

namespace deployctl::docker {

enum class Call {
  version,
  info,
  inspect_image,
  inspect_distribution,
  pull_image,
  load_image,
  list_containers,
  inspect_container,
  container_logs,
  create_container,
  start_container,
  stop_container,
  kill_container,
  wait_container,
  rename_container,
  update_container,
  remove_container,
  inspect_network,
  create_network,
  inspect_volume,
  create_volume,
};

// Where an engine answers, and the version of its API that is spoken with it.
struct Endpoint {
  std::string socket;        // a unix socket of this machine
  std::string version;       // "1.41"; empty before the engine was asked
  std::string engine = {};   // the engine's own: "20.10.24"
  std::string platform = {}; // of the engine's machine: "linux/amd64"
  std::string place = {};    // the socket as people know it, when that is another; empty: it is not
};

using Query = std::vector<std::pair<std::string, std::string>>;

// `subject`: the name or id of what the call is about; empty for calls about nothing in particular.
HttpRequest make_request(const Endpoint& endpoint, Call call, std::string_view subject = {},
                         const Query& query = {});

// The rows of these calls for a provider's operation table.
std::vector<Operation> operations(std::initializer_list<Call> calls);

} // namespace deployctl::docker
