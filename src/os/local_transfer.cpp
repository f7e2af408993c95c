#include "os/local_transfer.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/strings.hpp"
#include "os/below.hpp"
#include "os/descriptor.hpp"
#include "os/files.hpp"
#include "os/tree.hpp"

namespace deployctl::os {
namespace {

class Transfer {
public:
  Transfer(const Clock& clock, const HostTransfer& transfer, const std::stop_token& stop)
      : transfer_(transfer), stop_(stop), clock_(clock), deadline_(clock.boot() + transfer.timeout) {}

  Status run() {
    DEPLOYCTL_CHECK(make_directories(transfer_.destination));
    root_ = Descriptor(::open(transfer_.destination.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root_.is_open()) return fail(system_error("cannot open", transfer_.destination, errno));
    // Below the destination: on the same file system, and gone with one removal if we die here.
    DEPLOYCTL_TRY(const TemporaryDirectory staging,
                  TemporaryDirectory::create(transfer_.destination, ".deployctl-"));
    for (const HostFile& file : transfer_.files) DEPLOYCTL_CHECK(stage(file, staging.path()));
    if (in_bulk()) DEPLOYCTL_CHECK(sync_file_system());
    for (const Staged& staged : staged_) DEPLOYCTL_CHECK(publish(staged));
    return in_bulk() ? sync_file_system() : sync_directories();
  }

private:
  struct Staged {
    const HostFile* file;
    std::string path; // in the staging directory
  };

  // Each fsync waits for the disk; for many files two syncs of the whole file system wait less.
  [[nodiscard]] bool in_bulk() const { return transfer_.files.size() > 32; }

  [[nodiscard]] Status sync_file_system() const {
    if (::syncfs(root_.get()) != 0) return fail(system_error("cannot sync", transfer_.destination, errno));
    return {};
  }

  Status stage(const HostFile& file, const std::string& staging) {
    if (!is_name_below(file.name))
      return fail(Cause::internal, fmt::format("'{}' is not a name below the destination", file.name));
    DEPLOYCTL_TRY(const Descriptor directory, open_below(root_, directory_of(file.name)));
    DEPLOYCTL_TRY(const bool same, stands_already(directory, file));
    if (same) return {};
    const std::string path = fmt::format("{}/{}", staging, staged_.size());
    DEPLOYCTL_CHECK(file.link.empty() ? stage_file(file, path) : stage_link(file, path));
    staged_.push_back({&file, path});
    return {};
  }

  Status stage_file(const HostFile& file, const std::string& path) const {
    const Descriptor source(::open(file.source.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source.is_open()) return fail(system_error("cannot read", file.source, errno));
    const Descriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out.is_open()) return fail(system_error("cannot write", file.name, errno));
    Sha256 hash;
    DEPLOYCTL_CHECK(read_all(source, file.source, [&](std::string_view bytes) {
      hash.update(bytes);
      return write_all(out, bytes, file.name);
    }));
    if (const std::string found = hash.finish().hex(); found != file.sha256)
      return fail(Cause::conflict,
                  fmt::format("'{}' has the SHA-256 {} but {} was planned", file.source, found, file.sha256));
    if (::fchmod(out.get(), file.mode & 07777U) != 0 || (!in_bulk() && ::fsync(out.get()) != 0))
      return fail(system_error("cannot write", file.name, errno));
    return {};
  }

  static Status stage_link(const HostFile& file, const std::string& path) {
    if (::symlink(file.link.c_str(), path.c_str()) != 0)
      return fail(system_error("cannot create the link", file.name, errno));
    return {};
  }

  Status publish(const Staged& staged) {
    const std::string& name = staged.file->name;
    DEPLOYCTL_TRY(const Descriptor directory, open_below(root_, directory_of(name)));
    if (::renameat(AT_FDCWD, staged.path.c_str(), directory.get(), last_part(name).c_str()) != 0)
      return fail(system_error("cannot write", name, errno));
    for (std::string touched = directory_of(name); touched_.insert(touched).second && !touched.empty();)
      touched = directory_of(touched);
    return {};
  }

  // The names are durable only with their directories, and those with theirs.
  [[nodiscard]] Status sync_directories() const {
    for (const std::string& path : touched_) {
      DEPLOYCTL_TRY(const Descriptor directory, open_below(root_, path));
      if (::fsync(directory.get()) != 0) return fail(system_error("cannot sync", path, errno));
    }
    return {};
  }

  Result<bool> stands_already(const Descriptor& directory, const HostFile& file) const {
    const std::string name = last_part(file.name);
    if (!file.link.empty()) {
      std::array<char, 4096> target{};
      const ssize_t length = ::readlinkat(directory.get(), name.c_str(), target.data(), target.size());
      return length > 0 && file.link == std::string_view(target.data(), static_cast<std::size_t>(length));
    }
    const Descriptor old(
        ::openat(directory.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!old.is_open() || ::fstat(old.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if ((status.st_mode & 07777U) != (file.mode & 07777U)) return false;
    Sha256 hash;
    DEPLOYCTL_CHECK(read_all(old, file.name, [&hash](std::string_view bytes) -> Status {
      hash.update(bytes);
      return {};
    }));
    return hash.finish().hex() == file.sha256;
  }

  template <class Take>
  Status read_all(const Descriptor& file, const std::string& shown, Take take) const {
    constexpr std::size_t piece = 256U << 10;
    const auto buffer = std::make_unique<std::array<char, piece>>();
    while (true) {
      DEPLOYCTL_CHECK(keep_going());
      const ssize_t got = ::read(file.get(), buffer->data(), buffer->size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(system_error("cannot read", shown, errno));
      if (got == 0) return {};
      DEPLOYCTL_CHECK(take(std::string_view(buffer->data(), static_cast<std::size_t>(got))));
    }
  }

  [[nodiscard]] Status keep_going() const {
    if (stop_.stop_requested()) return fail(Cause::cancelled, "stopped while writing files");
    if (clock_.boot() >= deadline_)
      return fail(Cause::timeout,
                  fmt::format("writing files took longer than {} s", transfer_.timeout.count() / 1000));
    return {};
  }

  const HostTransfer& transfer_;
  const std::stop_token& stop_;
  const Clock& clock_;
  std::chrono::nanoseconds deadline_;
  Descriptor root_;
  std::vector<Staged> staged_;
  std::set<std::string> touched_; // directories that got a new name
};

} // namespace

Status write_files(const Clock& clock, const HostTransfer& transfer, const std::stop_token& stop) {
  return Transfer(clock, transfer, stop).run();
}

} // namespace deployctl::os
