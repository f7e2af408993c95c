// What docker.service takes: its field table, the rules across fields, and the container it asks for. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/docker/proxy_inputs.hpp"
#include "providers/http_probe.hpp"

namespace deployctl::providers::docker {

struct ServiceHealth : AnswerRule {
  std::string http;                 // a URL, or ":8000/path" or "/path" of the container
  std::vector<std::string> command; // in the container, by the engine
  Milliseconds within{60'000};
  Milliseconds interval{1'000};
  int consecutive = 3;
  Milliseconds timeout{5'000};
};

struct ServiceInputs {
  std::vector<std::string> hosts;
  std::string name; // empty: the step's
  std::string image;
  Value archive; // a file, or null
  std::vector<std::string> command;
  std::map<std::string, Text> env;
  std::vector<std::string> volumes;
  std::vector<std::string> persistent;
  std::string network;
  std::vector<std::string> ports; // "80:8000"
  Value port;                     // one, or two in turn; null: nobody says
  std::optional<ProxyInputs> proxy;
  std::string user;
  std::string directory;
  std::optional<Bytes> memory;
  std::optional<ServiceHealth> health;
  std::string restart;
  std::string order; // empty: as the inputs ask for
  int keep = 3;
  Milliseconds grace{};
};

const Table<ServiceInputs>& service_table();
std::vector<InputProblem> check_service(const Value& inputs);

// What a container is made of, out of the inputs with their defaults; what can be changed while it runs, and
// how it is replaced, is no part of it.
Value configuration_of(const Value& inputs);
// Secrets by their versions, as they may stand in a label.
Value shown(const Value& value);
// Hexadecimal digits that are the same for the same configuration of the same stack's service only.
std::string configuration_digest(const std::string& stack, const std::string& name,
                                 const Value& configuration);

// Why two containers of it cannot run beside each other; empty: they can.
std::string exclusive_because(const ServiceInputs& inputs);
std::vector<int> public_ports(const ServiceInputs& inputs);
// Those of TCP that are published at every address of the host.
std::vector<int> open_ports(const ServiceInputs& inputs);

// The body of the request that creates the container. `port` is told to it in PORT; 0: it has its own idea of
// it. Cause::internal: a secret has no value yet.
Result<Value> service_container(const ServiceInputs& inputs, const std::string& name,
                                const std::map<std::string, std::string>& labels, int port);

} // namespace deployctl::providers::docker
