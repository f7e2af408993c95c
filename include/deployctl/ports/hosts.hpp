// Commands and files on hosts, this machine included ("local"). A command is constant POSIX shell text;
// everything that varies travels as arguments, environment or standard input, never inside the text.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/host.hpp>
#include <deployctl/ports/sinks.hpp>
#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/text.hpp>

namespace deployctl {

struct HostCommand {
  std::string operation; // a name of the provider's operation table
  std::string script;    // run by /bin/sh; equals the table's text, or is the user's own for `host.run`
  std::vector<std::string> arguments;      // "$1", "$2" ...: literal, whatever they hold
  std::map<std::string, Text> environment; // names match [A-Za-z_][A-Za-z0-9_]*
  Text input;                              // standard input, then end of file
  Milliseconds timeout{60'000};
  std::size_t capture_limit = 1 << 20;
  LineSink* output = nullptr;
};

struct HostResult {
  int exit_code = 0;
  bool timed_out = false;
  bool cancelled = false;
  std::string out;
  std::string err;
};

// One entry of a transfer: a regular file whose bytes stand in a local file, or a symbolic link.
struct HostFile {
  std::string name;   // relative to the destination, no "..", never absolute
  std::string source; // local file with the bytes; empty for a link
  std::string sha256; // hex; the bytes are verified on arrival
  unsigned mode = 0644;
  std::string link; // target of a symbolic link
};

struct HostTransfer {
  std::string operation;
  std::string destination; // a directory that is created; files in it appear under their final names only
                           // when complete
  std::vector<HostFile> files;
  Milliseconds timeout{600'000};
  LineSink* output = nullptr; // hears how far it is
};

class Hosts {
public:
  virtual ~Hosts() = default;
  // Error (network, auth, timeout) if the host could not be reached or was lost; a non-zero exit is a result.
  virtual Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) = 0;
  // Sends what differs. Durable (fsync) when it returns.
  virtual Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) = 0;
};

} // namespace deployctl
