#include "os/staged_file.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.hpp"
#include "base/system_clock.hpp"
#include "os/files.hpp"

namespace deployctl::os {

std::string temporary_name(std::string_view name) {
  SystemRandom random; // uniqueness among processes, not behaviour: nothing to inject
  return "." + std::string(name.substr(0, 200)) + "." + random_hex(random, 8);
}

Result<StagedFile> StagedFile::create(int directory, std::string name, std::string shown_path) {
  std::string temporary = temporary_name(name);
  Descriptor file(
      ::openat(directory, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return fail(system_error("cannot write", shown_path, errno));
  return StagedFile(directory, std::move(name), std::move(temporary), std::move(shown_path), std::move(file));
}

StagedFile::StagedFile(int directory, std::string name, std::string temporary, std::string shown_path,
                       Descriptor file)
    : directory_(directory), name_(std::move(name)), temporary_(std::move(temporary)),
      shown_path_(std::move(shown_path)), file_(std::move(file)) {}

StagedFile::~StagedFile() {
  if (file_.is_open() && !temporary_.empty()) ::unlinkat(directory_, temporary_.c_str(), 0);
}

Status StagedFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("cannot write", shown_path_, errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status StagedFile::publish(unsigned mode) {
  return publish(mode, directory_, name_);
}

Status StagedFile::publish(unsigned mode, int directory, const std::string& name) {
  if (::fchmod(file_.get(), mode & 07777U) != 0 || ::fsync(file_.get()) != 0 ||
      ::renameat(directory_, temporary_.c_str(), directory, name.c_str()) != 0)
    return fail(system_error("cannot write", shown_path_, errno));
  temporary_.clear();
  return {};
}

} // namespace deployctl::os
