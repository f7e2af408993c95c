#include "ssh/runtime_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "os/scratch.hpp"

using namespace deployctl;

namespace {

// A directory whose own path has exactly `length` characters.
std::string directory_of_length(const Scratch& scratch, std::size_t length) {
  const std::string parent = scratch.path();
  REQUIRE(length > parent.size() + 1);
  const std::string path = parent + "/" + std::string(length - parent.size() - 1, 'd');
  REQUIRE(os::make_directories(path, 0700));
  return path;
}

constexpr std::size_t below_parent = 25; // "/dctl-XXXXXX/" and twelve characters

} // namespace

TEST_CASE("runtime directory: it is private, and gone at the end") {
  const Scratch scratch;
  std::string path;
  {
    const auto directory = ssh::RuntimeDirectory::create({scratch.path()});
    REQUIRE(directory);
    path = directory->path();
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0700);
    CHECK(directory->socket("web-1").starts_with(path + "/"));
    CHECK(directory->socket("web-1") == directory->socket("web-1"));
    CHECK(directory->socket("web-1") != directory->socket("web-2"));
  }
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("runtime directory: a socket path of 90 characters is taken, one of 91 is passed over") {
  const Scratch scratch;
  const std::string fits = directory_of_length(scratch, ssh::longest_control_path - below_parent);
  const std::string too_long = directory_of_length(scratch, ssh::longest_control_path - below_parent + 1);

  const auto longest = ssh::RuntimeDirectory::create({fits});
  REQUIRE(longest);
  CHECK(longest->socket("web-1").size() == 90);

  const auto other = ssh::RuntimeDirectory::create({too_long, scratch.path()});
  REQUIRE(other);
  CHECK(other->path().starts_with(scratch.path() + "/dctl-"));

  const auto none = ssh::RuntimeDirectory::create({too_long, "/nowhere"});
  REQUIRE(!none);
  CHECK(none.error().cause == Cause::config);
  REQUIRE(none.error().evidence.size() == 2);
  CHECK(none.error().evidence[0].find("91 characters, 90 are the most") != std::string::npos);
}

TEST_CASE("runtime directory: a parent whose path ssh would expand is passed over") {
  const Scratch scratch;
  REQUIRE(os::make_directories(scratch.path("50%h"), 0700));
  const auto directory = ssh::RuntimeDirectory::create({scratch.path("50%h"), scratch.path()});
  REQUIRE(directory);
  CHECK(directory->path().starts_with(scratch.path() + "/dctl-"));
}

TEST_CASE("runtime directory: relative and unset parents do not count") {
  CHECK(ssh::runtime_parents({}) == std::vector<std::string>{"/tmp"});
  CHECK(ssh::runtime_parents({{"XDG_RUNTIME_DIR", "/run/user/7"}, {"TMPDIR", "tmp"}}) ==
        std::vector<std::string>{"/run/user/7", "/tmp"});
}
