#include "engine/faulty_disk.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <utility>

namespace deployctl::engine {
namespace {

struct DiskState {
  std::mutex mutex;
  bool armed = false;
  std::string folder;
  DiskFault fault = DiskFault::none;
  int at = 0;
  int points = 0;
  bool happened = false;
  std::string where;
};

DiskState& disk() {
  static DiskState state;
  return state;
}

struct Place {
  std::string_view part;
  std::string_view name;
};
constexpr std::array<Place, 5> places = {{{"/runs/", "journal"},
                                          {"/blobs", "blob"},
                                          {"/history.db", "index"},
                                          {"/stacks/", "cell"},
                                          {"", "other"}}};

std::string_view place_of(const std::string& path) {
  for (const Place& place : places)
    if (path.find(place.part) != std::string::npos) return place.name;
  return "other";
}

std::string path_of(int descriptor) {
  std::array<char, 4096> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

struct Verdict {
  int code = 0;       // errno to fail with; 0: go ahead
  bool half = false;  // half of the bytes first
  bool death = false; // then it is the process that ends, if the caller can be left
};

constexpr Verdict go_ahead{};

// `takes_space`: fails on a full disk.
Verdict judge(const std::string& path, const char* operation, bool takes_space) {
  DiskState& state = disk();
  const std::lock_guard lock(state.mutex);
  if (!state.armed || path.compare(0, state.folder.size(), state.folder) != 0) return go_ahead;
  const bool deadly = state.fault == DiskFault::kill || state.fault == DiskFault::torn;
  if (state.happened && deadly) return {EIO};
  if (state.happened && state.fault == DiskFault::full && takes_space) return {ENOSPC};
  if (state.happened) return go_ahead;
  const std::string kind = std::string(place_of(path)) + " " + operation;
  if (++state.points != state.at || state.fault == DiskFault::none) return go_ahead;
  state.happened = true;
  state.where = kind;
  if (deadly) return {EIO, state.fault == DiskFault::torn, true};
  if (state.fault == DiskFault::error) return {EIO};
  return takes_space ? Verdict{ENOSPC} : go_ahead;
}

// SQLite is C, and the cell is written by a destructor, too: no exception may pass through either. There the
// disk is dead, and the process lives on without it.
bool may_be_left(const std::string& path) {
  return path.find("/history.db") == std::string::npos && path.find("/stacks/") == std::string::npos;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name)); // what dlsym gives is a function
}

using Write = ssize_t(int, const void*, std::size_t);
using WriteAt = ssize_t(int, const void*, std::size_t, off_t);
using Sync = int(int);
using Rename = int(const char*, const char*);
using RenameAt = int(int, const char*, int, const char*);
using Allocate = int(int, off_t, off_t);

template <class Act>
ssize_t writing(int descriptor, std::size_t size, Act act) {
  const std::string path = path_of(descriptor);
  const Verdict verdict = judge(path, "write", true);
  if (verdict.code == 0) return act(size);
  if (verdict.half) (void)act(size / 2); // the process ends: nobody reads what came of it
  if (verdict.death && may_be_left(path)) throw ProcessDied{};
  errno = verdict.code;
  return -1;
}

int syncing(int descriptor, const char* name) {
  const std::string path = path_of(descriptor);
  const Verdict verdict = judge(path, "sync", false);
  if (verdict.code == 0) return real<Sync>(name)(descriptor);
  if (verdict.death && may_be_left(path)) throw ProcessDied{};
  errno = verdict.code;
  return -1;
}

// Names are given below an open folder or as they are. Functions that rename are declared not to throw, so
// their callers cannot be left.
template <class Act>
int renaming(int folder, const char* to, Act act) {
  const bool whole = folder == AT_FDCWD || *to == '/';
  const Verdict verdict = judge(whole ? std::string(to) : path_of(folder) + "/" + to, "rename", true);
  if (verdict.code == 0) return act();
  errno = verdict.code;
  return -1;
}

} // namespace

FaultyDisk::FaultyDisk(std::string folder, DiskFault fault, int at) {
  DiskState& state = disk();
  const std::lock_guard lock(state.mutex);
  state.armed = true;
  state.folder = std::move(folder);
  state.fault = fault;
  state.at = at;
  state.points = 0;
  state.happened = false;
  state.where.clear();
}

FaultyDisk::~FaultyDisk() {
  const std::lock_guard lock(disk().mutex);
  disk().armed = false;
}

bool FaultyDisk::happened() const {
  const std::lock_guard lock(disk().mutex);
  return disk().happened;
}

std::string FaultyDisk::where() const {
  const std::lock_guard lock(disk().mutex);
  return disk().where;
}

} // namespace deployctl::engine

// The replacements. Programs come first when symbols are looked up, so all libraries use these.
extern "C" {

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  using namespace deployctl::engine;
  return writing(descriptor, size,
                 [&](std::size_t count) { return real<Write>("write")(descriptor, bytes, count); });
}

ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
  using namespace deployctl::engine;
  return writing(descriptor, size, [&](std::size_t count) {
    return real<WriteAt>("pwrite")(descriptor, bytes, count, offset);
  });
}

ssize_t pwrite64(int descriptor, const void* bytes, std::size_t size, off64_t offset) {
  using namespace deployctl::engine;
  return writing(descriptor, size, [&](std::size_t count) {
    return real<WriteAt>("pwrite64")(descriptor, bytes, count, offset);
  });
}

int fsync(int descriptor) {
  return deployctl::engine::syncing(descriptor, "fsync");
}

int fdatasync(int descriptor) {
  return deployctl::engine::syncing(descriptor, "fdatasync");
}

int rename(const char* from, const char* to) noexcept {
  using namespace deployctl::engine;
  return renaming(AT_FDCWD, to, [&] { return real<Rename>("rename")(from, to); });
}

int link(const char* from, const char* to) noexcept {
  using namespace deployctl::engine;
  return renaming(AT_FDCWD, to, [&] { return real<Rename>("link")(from, to); });
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  using namespace deployctl::engine;
  return renaming(to_folder, to,
                  [&] { return real<RenameAt>("renameat")(from_folder, from, to_folder, to); });
}

int posix_fallocate(int descriptor, off_t offset, off_t size) {
  using namespace deployctl::engine;
  const std::string path = path_of(descriptor);
  const Verdict verdict = judge(path, "reserve", true);
  if (verdict.code == 0) return real<Allocate>("posix_fallocate")(descriptor, offset, size);
  if (verdict.death && may_be_left(path)) throw ProcessDied{};
  return verdict.code;
}
}
