// Any bytes, extracted with small limits: nothing may appear beside the directory, and no link in it may lead
// out.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "os/archive.hpp"
#include "os/tree.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fs = std::filesystem;
  const auto directory = deployctl::os::TemporaryDirectory::create("/tmp", "deployctl-fuzz-");
  if (!directory) std::abort();
  const std::string root = directory->path() + "/root";
  fs::create_directory(root);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)deployctl::os::extract_archive_bytes(bytes, root, {.entries = 50, .bytes = 1U << 20});
  for (const fs::directory_entry& entry : fs::directory_iterator(directory->path()))
    if (entry.path().filename() != "root") std::abort();
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_symlink()) continue;
    std::error_code loops;
    const std::string target = fs::weakly_canonical(entry.path(), loops).string();
    if (!loops && fs::exists(entry.path(), loops) && target != root && !target.starts_with(root + "/"))
      std::abort();
  }
  return 0;
}
