// A machine a step acts on, and the unit a step is divided into.
#pragma once

#include <optional>
#include <string>

#include <deployctl/value.hpp>

namespace deployctl {

struct Host {
  std::string name;    // how plans and transcripts call it: as written, without the user
  std::string user;    // empty: the SSH configuration's
  std::string address; // host name, address or ~/.ssh/config alias; "local" is this machine
  int port = 0;        // 0: the SSH configuration's
  Value vars;          // the map under `vars`, or null
  [[nodiscard]] bool is_local() const { return address == "local"; }

  friend bool operator==(const Host&, const Host&) = default;
};

// A step is targets x stages. Host actions have one target a host; most others have exactly one, named "".
struct Target {
  std::string name;
  std::optional<Host> host;

  friend bool operator==(const Target&, const Target&) = default;
};

} // namespace deployctl
