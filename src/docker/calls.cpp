#include "docker/calls.hpp"

#include <array>
#include <stdexcept>

#include "base/encode.hpp"
#include "base/strings.hpp"

namespace deployctl::docker {
namespace {

// "{}" stands for a container, a network or a volume, "{image}" for the name of an image.
struct Row {
  Call call;
  const char* name;
  Effect effect;
  const char* method;
  const char* path;
  const char* help;
};

using enum Effect;

constexpr auto rows = std::to_array<Row>({
    {Call::version, "engine_version", read, "GET", "/version",
     "Asks the engine for its version and its API's."},
    {Call::info, "engine_info", read, "GET", "/info",
     "Asks how the engine is set up and where its data lie."},
    {Call::inspect_image, "inspect_image", read, "GET", "/images/{image}/json",
     "Looks whether the engine has an image."},
    {Call::inspect_distribution, "inspect_distribution", read, "GET", "/distribution/{image}/json",
     "Asks the registry, through the engine and with a login for this one request, what it has of an image."},
    {Call::pull_image, "pull_image", write, "POST", "/images/create",
     "Pulls an image by its digest, with a login for this one request."},
    {Call::load_image, "load_image", write, "POST", "/images/load",
     "Loads an image out of an archive that is sent with the request."},
    {Call::list_containers, "list_containers", read, "GET", "/containers/json",
     "Lists containers by their labels."},
    {Call::inspect_container, "inspect_container", read, "GET", "/containers/{}/json",
     "Looks at one container."},
    {Call::container_logs, "container_logs", read, "GET", "/containers/{}/logs",
     "Reads what a container says."},
    {Call::create_container, "create_container", write, "POST", "/containers/create", "Creates a container."},
    {Call::start_container, "start_container", write, "POST", "/containers/{}/start", "Starts a container."},
    {Call::stop_container, "stop_container", write, "POST", "/containers/{}/stop",
     "Stops a container and gives it time to end."},
    {Call::kill_container, "kill_container", write, "POST", "/containers/{}/kill",
     "Sends a signal to a container."},
    {Call::wait_container, "wait_container", read, "POST", "/containers/{}/wait",
     "Waits for the end of a container."},
    {Call::rename_container, "rename_container", write, "POST", "/containers/{}/rename",
     "Gives a container another name."},
    {Call::update_container, "update_container", write, "POST", "/containers/{}/update",
     "Sets the restart policy or the limits of a container."},
    {Call::remove_container, "remove_container", write, "DELETE", "/containers/{}",
     "Removes a container that has ended, never its volumes."},
    {Call::inspect_network, "inspect_network", read, "GET", "/networks/{}", "Looks at one network."},
    {Call::create_network, "create_network", write, "POST", "/networks/create", "Creates a network."},
    {Call::inspect_volume, "inspect_volume", read, "GET", "/volumes/{}", "Looks at one volume."},
    {Call::create_volume, "create_volume", write, "POST", "/volumes/create", "Creates a volume."},
});

const Row& row_of(Call call) {
  for (const Row& row : rows)
    if (row.call == call) return row;
  throw std::logic_error("a call without a row");
}

bool has_version(Call call) {
  return call != Call::version;
}

std::string pattern_of(const Row& row) {
  std::string path = replace_all(row.path, "{image}", "[A-Za-z0-9][A-Za-z0-9._:@/-]*");
  path = replace_all(path, "{}", "[A-Za-z0-9][A-Za-z0-9_.-]*");
  return has_version(row.call) ? "/v[0-9]+\\.[0-9]+" + path : path;
}

} // namespace

HttpRequest make_request(const Endpoint& endpoint, Call call, std::string_view subject, const Query& query) {
  const Row& row = row_of(call);
  std::string path = replace_all(row.path, "{image}", percent_encode(subject, ":@/"));
  path = replace_all(path, "{}", percent_encode(subject));
  std::string url = "http://docker" + (has_version(call) ? "/v" + endpoint.version : std::string()) + path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    url += separator + name + "=" + percent_encode(value);
    separator = '&';
  }
  return {.operation = row.name, .method = row.method, .url = std::move(url), .unix_socket = endpoint.socket};
}

std::vector<Operation> operations(std::initializer_list<Call> calls) {
  std::vector<Operation> all;
  for (const Call call : calls) {
    const Row& row = row_of(call);
    all.push_back({.name = row.name,
                   .effect = row.effect,
                   .help = row.help,
                   .method = row.method,
                   .path = pattern_of(row)});
  }
  return all;
}

} // namespace deployctl::docker
