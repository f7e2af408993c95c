#include "os/content_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/crypto.hpp"
#include "os/descriptor.hpp"
#include "os/files.hpp"
#include "os/staged_file.hpp"

namespace deployctl::os {
namespace {

Result<Descriptor> open_directory(const std::string& path) {
  Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return fail(system_error("cannot open", path, errno));
  return directory;
}

// Makes the folder and makes that durable: a new entry needs its parent synced, up to the root.
Status make_durable_directories(const std::string& root, const std::string& below) {
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = below.find('/', end + 1);
    const std::string path = root + "/" + below.substr(0, end);
    const bool made = ::mkdir(path.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return fail(system_error("cannot create the directory", path, errno));
    if (made) DEPLOYCTL_CHECK(sync_directory(path.substr(0, path.rfind('/'))));
  }
  return {};
}

Status publish(StagedFile& file, const std::string& root, const std::string& place) {
  const std::size_t slash = place.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : place.substr(0, slash);
  if (!folder.empty()) DEPLOYCTL_CHECK(make_durable_directories(root, folder));
  const std::string path = folder.empty() ? root : root + "/" + folder;
  DEPLOYCTL_TRY(const Descriptor directory, open_directory(path));
  DEPLOYCTL_CHECK(file.publish(0400, directory.get(), place.substr(slash + 1)));
  if (::fsync(directory.get()) != 0) return fail(system_error("cannot sync", path, errno));
  return {};
}

} // namespace

Result<Stored> store_file(const std::string& from, const std::string& root, const PlaceOf& place_of) {
  DEPLOYCTL_CHECK(make_directories(root, 0700));
  DEPLOYCTL_TRY(const Descriptor directory, open_directory(root));
  DEPLOYCTL_TRY(StagedFile file, StagedFile::create(directory.get(), "incoming", root));
  Stored stored;
  Sha256 hash;
  DEPLOYCTL_CHECK(stream_file(from, [&](std::string_view piece) {
    hash.update(piece);
    stored.size += piece.size();
    return file.write(piece);
  }));
  stored.sha256 = hash.finish().hex();
  DEPLOYCTL_CHECK(publish(file, root, place_of(stored.sha256)));
  return stored;
}

Status store_bytes(std::string_view bytes, const std::string& root, const std::string& place) {
  DEPLOYCTL_CHECK(make_directories(root, 0700));
  DEPLOYCTL_TRY(const Descriptor directory, open_directory(root));
  DEPLOYCTL_TRY(StagedFile file, StagedFile::create(directory.get(), "incoming", root));
  DEPLOYCTL_CHECK(file.write(bytes));
  return publish(file, root, place);
}

} // namespace deployctl::os
