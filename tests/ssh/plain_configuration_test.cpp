#include "ssh/plain_configuration.hpp"

#include "os/scratch.hpp"

using namespace deployctl;
using namespace deployctl::ssh;

namespace {

bool is_plain(const Scratch& scratch, std::string_view text) {
  scratch.write("config", text);
  return is_plain_configuration({}, {{scratch.path("config"), scratch.path()}});
}

} // namespace

TEST_CASE("ssh plain configuration: what tells nothing of ways is plain") {
  const Scratch scratch;
  CHECK(is_plain_configuration({}, {{scratch.path("none"), scratch.path()}}));
  CHECK(is_plain(scratch, "Host *\n  User deploy\n  # ProxyJump bastion\n"));
  CHECK(is_plain(scratch, "Include parts/*.conf none\n"));
}

TEST_CASE("ssh plain configuration: jump hosts and other names are not, however they are written") {
  const Scratch scratch;
  for (const char* const text : {"ProxyJump a", "\tproxyjump=a", "Host x\n HOSTNAME 10.0.0.1",
                                 "Match host x exec \"true\"\n\"ProxyJump\" a"})
    CHECK(!is_plain(scratch, text));
  CHECK(!is_plain_configuration({.options = {"ProxyJump=a"}}, {}));
}

TEST_CASE("ssh plain configuration: included files count, and what is not understood is left to ssh") {
  const Scratch scratch;
  REQUIRE(os::make_directories(scratch.path("parts"), 0700));
  scratch.write("parts/a.conf", "User x\n");
  CHECK(is_plain(scratch, "Include parts/*.conf\n"));
  scratch.write("parts/b.conf", "Include ../deeper\n");
  scratch.write("deeper", "ProxyJump bastion\n");
  CHECK(is_plain(scratch, "Include parts/a.conf\n"));
  scratch.write("parts/b.conf", "Include deeper\n");
  CHECK(!is_plain(scratch, "include=parts/*.conf\n"));
  CHECK(!is_plain(scratch, "Include ~/more\n"));
  CHECK(!is_plain(scratch, "Include \"a b\"\n"));
  CHECK(!is_plain(scratch, "Include config\n")); // itself, for ever
  CHECK(!is_plain(scratch, "Include parts\n"));  // a folder
}

TEST_CASE("ssh plain configuration: the files are the client's own, or the user's and the system's") {
  CHECK(configuration_files({.config_file = "/c"}, "/home/me").size() == 1);
  const auto files = configuration_files({}, "/home/me");
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "/home/me/.ssh/config");
  CHECK(files[1].path == "/etc/ssh/ssh_config");
}
