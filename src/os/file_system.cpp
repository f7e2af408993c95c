#include "os/file_system.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "os/files.hpp"

namespace deployctl::os {
namespace {

struct Known {
  std::uint32_t magic; // statfs(2)
  const char* name;
  bool survives_reboot;
  bool local;
};

constexpr std::array<Known, 8> table = {{
    {0x01021994, "tmpfs", false, true},
    {0x858458f6, "ramfs", false, true},
    {0x794c7630, "overlayfs", false, true}, // a container's own layer: gone with the container
    {0x00006969, "NFS", true, false},
    {0xff534d42, "CIFS", true, false},
    {0xfe534d42, "SMB", true, false},
    {0x01021997, "9p", true, false},
    {0x65735546, "FUSE", true, false},
}};

} // namespace

Result<FileSystem> file_system_of(const std::string& path) {
  struct statfs facts {};
  if (::statfs(path.c_str(), &facts) != 0)
    return fail(system_error("cannot look at the disk of", path, errno));
  const auto magic = static_cast<std::uint32_t>(facts.f_type);
  const auto* found =
      std::find_if(table.begin(), table.end(), [&](const Known& known) { return known.magic == magic; });
  if (found == table.end()) return FileSystem{};
  return FileSystem{.name = found->name, .survives_reboot = found->survives_reboot, .local = found->local};
}

} // namespace deployctl::os
