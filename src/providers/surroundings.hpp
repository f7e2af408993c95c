// What the process gives to providers that look where other tools of its user look: never read by them from
// the process itself. Empty for everything that only describes.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include <deployctl/host.hpp>
#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

namespace deployctl::providers {

// What listens on a host: a port at an address as the host sees it, or a unix socket.
struct Listener {
  std::string address; // of the socket its path
  int port = 0;        // of a socket none
};

// The path of a unix socket of this machine behind which the listener of another host answers. To be asked
// for before each use: the connection that it goes over may be another by then.
using HostWay =
    std::function<Result<std::string>(const Host& host, const Listener& listener, const std::stop_token&)>;

struct Surroundings {
  std::map<std::string, std::string> environment;
  std::function<void(const Secret&)> learn; // tells the redactor; may be empty
  HostWay host_way = {};                    // empty: only this machine's listeners are reached
};

} // namespace deployctl::providers
