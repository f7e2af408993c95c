// The private directory of one run in which the control sockets of its connections and their logs live. Names
// are short, because a socket's path has a hard limit that ssh meets only after it has logged in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "os/environment.hpp"
#include "os/tree.hpp"

namespace deployctl::ssh {

// 108 bytes of the system's address, less what ssh appends while it creates the socket.
inline constexpr std::size_t longest_control_path = 90;

class RuntimeDirectory {
public:
  // Fresh, mode 0700, below the first of `parents` that exists and is short enough; removed at the end.
  static Result<RuntimeDirectory> create(const std::vector<std::string>& parents);

  [[nodiscard]] const std::string& path() const { return directory_.path(); }
  // Of the connection with this identity; equal identities give equal paths. Below the limit, always.
  [[nodiscard]] std::string socket(std::string_view identity) const;

private:
  explicit RuntimeDirectory(os::TemporaryDirectory directory) : directory_(std::move(directory)) {}
  os::TemporaryDirectory directory_;
};

// XDG_RUNTIME_DIR, TMPDIR and /tmp, as far as they are set and absolute.
std::vector<std::string> runtime_parents(const os::Environment& environment);

} // namespace deployctl::ssh
