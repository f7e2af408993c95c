#include "os/append_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "os/descriptor.hpp"
#include "os/files.hpp"
#include "os/staged_file.hpp"

namespace deployctl::os {
namespace {

class DiskFile final : public AppendFile {
public:
  DiskFile(std::string path, Descriptor file, std::uint64_t end)
      : path_(std::move(path)), file_(std::move(file)), end_(end), reserved_(end) {}

  Status append(std::string_view bytes) override {
    DEPLOYCTL_CHECK(reserve(bytes.size()));
    DEPLOYCTL_CHECK(write_at(bytes, end_));
    end_ += bytes.size();
    return {};
  }

  Status sync() override {
    if (::fdatasync(file_.get()) == 0) return {};
    return fail(system_error("cannot sync", path_, errno));
  }

  Status finish() override {
    if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0)
      return fail(system_error("cannot shorten", path_, errno));
    return sync();
  }

  // Room for `more` bytes behind the end, as written zeros: extents that were only allocated would cost a
  // metadata update at their first use.
  Status reserve(std::uint64_t more) override {
    if (end_ + more <= reserved_) return {};
    const std::uint64_t steps = (end_ + more - reserved_ + append_step - 1) / append_step;
    const std::uint64_t wanted = steps * append_step;
    const int code =
        ::posix_fallocate(file_.get(), static_cast<off_t>(reserved_), static_cast<off_t>(wanted));
    if (code != 0) return fail(system_error("cannot reserve space for", path_, code));
    const std::string zeros(64U << 10, '\0');
    for (std::uint64_t done = 0; done < wanted; done += zeros.size())
      DEPLOYCTL_CHECK(write_at(zeros, reserved_ + done));
    if (::fsync(file_.get()) != 0) return fail(system_error("cannot sync", path_, errno));
    reserved_ += wanted;
    return {};
  }

private:
  Status write_at(std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fail(system_error("cannot write", path_, errno));
      offset += static_cast<std::uint64_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  std::string path_;
  Descriptor file_;
  std::uint64_t end_;      // where the next append goes
  std::uint64_t reserved_; // one past the last byte that is ours
};

Result<std::unique_ptr<AppendFile>> opened(const std::string& path, int flags, std::uint64_t end) {
  Descriptor file(::open(path.c_str(), flags | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return fail(system_error("cannot open", path, errno));
  // What stands behind the end was never acknowledged; it must not be found behind a later append.
  if (::ftruncate(file.get(), static_cast<off_t>(end)) != 0)
    return fail(system_error("cannot shorten", path, errno));
  auto disk = std::make_unique<DiskFile>(path, std::move(file), end);
  DEPLOYCTL_CHECK(disk->reserve(1));
  return std::unique_ptr<AppendFile>(std::move(disk));
}

// Under a temporary name first, so that whoever finds the file finds it complete.
Result<std::unique_ptr<AppendFile>> published(const std::string& temporary, const std::string& path,
                                              std::string_view first) {
  DEPLOYCTL_TRY(std::unique_ptr<AppendFile> file, opened(temporary, O_CREAT | O_EXCL, 0));
  DEPLOYCTL_CHECK(file->append(first));
  DEPLOYCTL_CHECK(file->sync());
  // A hard link fails when the name is taken; a rename would replace.
  if (::link(temporary.c_str(), path.c_str()) == 0) return file;
  if (errno == EEXIST) return fail(Cause::conflict, "'" + path + "' exists already");
  return fail(system_error("cannot create", path, errno));
}

} // namespace

Result<std::unique_ptr<AppendFile>> create_append_file(const std::string& path, std::string_view first) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  const std::string temporary =
      (directory / temporary_name(std::filesystem::path(path).filename().string())).string();
  auto file = published(temporary, path, first);
  ::unlink(temporary.c_str());
  if (!file) return file;
  DEPLOYCTL_CHECK(sync_directory(directory.empty() ? "." : directory.string()));
  return file;
}

Result<std::unique_ptr<AppendFile>> continue_append_file(const std::string& path, std::uint64_t size) {
  return opened(path, 0, size);
}

} // namespace deployctl::os
