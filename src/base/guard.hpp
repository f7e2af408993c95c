// Ports that let through only what a provider's operation table lists: a dry run is a property of the
// transport, not of good manners. Every refusal is Cause::internal: it is the provider that has a bug.
#pragma once

#include <memory>
#include <vector>

#include <deployctl/operation.hpp>
#include <deployctl/provider.hpp>
#include <deployctl/session.hpp>

namespace deployctl {

enum class SessionMode { read, write };

// Requests name an operation of the table. It is refused when the table does not have it, when protocol,
// method, path, script or argv are not the entry's, and in a read session when its effect is `write`. A path
// with "." or ".." segments never matches. `from_input` compares with that field of any of `inputs`:
//   text  host: the script, or the one argument of the entry's own script; process: argv is {sh, an option,
//         the text}
//   list  host: the arguments, under the entry's own script; process: argv
// A process whose entry has a `path` must match it as a whole, with line breaks between the words of argv.
class GuardedPorts {
public:
  GuardedPorts(Ports inner, const Description& description, SessionMode mode, std::vector<Value> inputs = {});
  ~GuardedPorts();
  GuardedPorts(const GuardedPorts&) = delete;
  GuardedPorts& operator=(const GuardedPorts&) = delete;

  // Valid as long as this object and the inner ports are; thread-safe if those are.
  [[nodiscard]] Ports ports();

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace deployctl
