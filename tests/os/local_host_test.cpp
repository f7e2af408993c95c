#include "os/local_host.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/system_clock.hpp"
#include "scratch.hpp"

using namespace deployctl;
using namespace deployctl::os;

namespace {

const Host local{.name = "local", .address = "local"};

struct Fixture {
  Scratch scratch;
  SystemClock clock;
  LocalHosts hosts{clock, {{"PATH", "/usr/bin:/bin"}, {"HOME", scratch.path()}, {"CI_TOKEN", "t"}}};

  HostFile source(std::string name, std::string_view bytes, unsigned mode = 0644) {
    const std::string stored = "source-" + std::to_string(++count);
    return {.name = std::move(name),
            .source = scratch.write(stored, bytes),
            .sha256 = sha256_hex(bytes),
            .mode = mode};
  }
  Status transfer(std::vector<HostFile> files, std::stop_token stop = {}) {
    return hosts.transfer(local, {.destination = scratch.path("to/app"), .files = std::move(files)},
                          std::move(stop));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    const auto entries = list_tree(scratch.path("to/app"));
    REQUIRE(entries);
    for (const TreeEntry& entry : *entries) found.push_back(entry.name);
    return found;
  }
  int count = 0;
};

ino_t inode(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_ino;
}

} // namespace

TEST_CASE_METHOD(Fixture, "local host: a script gets arguments, environment and input as data") {
  const HostResult result =
      hosts
          .run(local,
               {.script = "printf '%s|' \"$@\" \"$TOKEN\" \"$(cat)\" \"${CI_TOKEN-none}\"; pwd; echo err "
                          ">&2; exit 4",
                .arguments = {"-n", "$(id)", "a b"},
                .environment = {{"TOKEN", Secret::reference("t").resolved_with("hunter22")}},
                .input = "in'put"},
               {})
          .value();
  CHECK(result.out == "-n|$(id)|a b|hunter22|in'put|none|" + scratch.path() + "\n");
  CHECK(result.err == "err\n");
  CHECK(result.exit_code == 4);
}

TEST_CASE_METHOD(Fixture, "local host: other hosts are an error") {
  const Host other{.name = "web-1", .address = "web-1.example.com"};
  const auto run = hosts.run(other, {.script = "true"}, {});
  REQUIRE_FALSE(run);
  CHECK(run.error().message == "the host 'web-1' is not this machine");
  CHECK_FALSE(hosts.transfer(other, {.destination = scratch.path("x")}, {}));
}

TEST_CASE_METHOD(Fixture, "local host: a timeout is a result") {
  const HostResult result =
      hosts.run(local, {.script = "exec sleep 1000", .timeout = Milliseconds(10)}, {}).value();
  CHECK(result.timed_out);
  CHECK(result.exit_code != 0);
}

TEST_CASE_METHOD(Fixture, "transfer: files, folders and links arrive with content and mode") {
  REQUIRE(transfer({source("bin/run", "#!/bin/sh", 0755),
                    source("empty", ""),
                    source("etc/deep/er/conf", "x", 0600),
                    {.name = "bin/latest", .link = "run"}}));
  CHECK(names() == std::vector<std::string>{"bin/latest", "bin/run", "empty", "etc/deep/er/conf"});
  CHECK(scratch.read("to/app/bin/latest") == "#!/bin/sh");
  CHECK(hash_file(scratch.path("to/app/bin/run"))->mode == 0755);
  CHECK(hash_file(scratch.path("to/app/etc/deep/er/conf"))->mode == 0600);
}

TEST_CASE_METHOD(Fixture, "transfer: what stands already is left alone, what differs is replaced") {
  REQUIRE(transfer({source("same", "x"),
                    source("mode", "x", 0644),
                    source("text", "old"),
                    {.name = "link", .link = "same"}}));
  const ino_t same = inode(scratch.path("to/app/same"));
  const ino_t link = inode(scratch.path("to/app/link"));
  REQUIRE(transfer({source("same", "x"),
                    source("mode", "x", 0600),
                    source("text", "new"),
                    {.name = "link", .link = "same"}}));
  CHECK(inode(scratch.path("to/app/same")) == same);
  CHECK(inode(scratch.path("to/app/link")) == link);
  CHECK(hash_file(scratch.path("to/app/mode"))->mode == 0600);
  CHECK(scratch.read("to/app/text") == "new");
  REQUIRE(transfer({{.name = "link", .link = "text"}, source("same", "x")}));
  CHECK(scratch.read("to/app/link") == "new");
}

TEST_CASE_METHOD(Fixture, "transfer: a changed source stops it before anything appears") {
  HostFile changed = source("b", "x");
  scratch.write("source-1", "y");
  const Status sent = transfer({source("a", "x"), changed});
  REQUIRE_FALSE(sent);
  CHECK(sent.error().cause == Cause::conflict);
  CHECK(names().empty());
}

TEST_CASE_METHOD(Fixture, "transfer: no name and no link leads out of the destination") {
  for (const char* name : {"../x", "/x", "a/../../x", "", "a//b", "./a"}) {
    INFO(name);
    CHECK_FALSE(transfer({source(name, "x")}));
  }
  REQUIRE(make_directories(scratch.path("outside")));
  REQUIRE(::symlink("../../outside", scratch.path("to/app/way").c_str()) == 0);
  CHECK_FALSE(transfer({source("way/x", "x")}));
  CHECK(list_tree(scratch.path("outside"))->empty());
  REQUIRE(transfer({source("way", "x")})); // the link itself is replaced, not followed
  CHECK(scratch.read("to/app/way") == "x");
}

TEST_CASE_METHOD(Fixture, "transfer: a stop leaves no temporary file") {
  std::stop_source stop;
  stop.request_stop();
  const Status sent = transfer({source("a", "x")}, stop.get_token());
  REQUIRE_FALSE(sent);
  CHECK(sent.error().cause == Cause::cancelled);
  CHECK(names().empty());
}

TEST_CASE_METHOD(Fixture, "transfer: more files and folders than descriptors") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit few{.rlim_cur = 40, .rlim_max = before.rlim_max};
  std::vector<HostFile> files;
  const HostFile one = source("one", "x");
  for (int i = 0; i < 100; ++i) {
    files.push_back(one);
    files.back().name = "d" + std::to_string(i) + "/f";
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  const Status sent = transfer(files);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(sent);
  CHECK(names().size() == 100);
}

TEST_CASE_METHOD(Fixture, "local host: a text or an argument longer than the system takes arrives whole") {
  const std::string filler(300'000, 'x');
  const std::string long_argument = "it's " + filler;
  const auto run = [&](HostCommand command) {
    command.input = "from stdin";
    return hosts.run(local, command, {}).value();
  };
  const HostResult of_argument = run({.script = "printf '%s|' \"$#\" \"${#1}\" \"$2\" \"$(cat)\"; exit 4",
                                      .arguments = {long_argument, "a 'b'"}});
  CHECK(of_argument.exit_code == 4);
  CHECK(of_argument.out == "2|" + std::to_string(long_argument.size()) + "|a 'b'|from stdin|");
  const HostResult of_text =
      run({.script = ": " + filler + "\nprintf '%s|' \"$1\" \"$(cat)\"; ls /proc/self/fd | wc -l",
           .arguments = {"a"}});
  CHECK(of_text.exit_code == 0);
  CHECK(of_text.out.substr(0, 13) == "a|from stdin|");
  const std::string open_files = of_text.out.substr(13);
  CHECK(open_files == hosts.run(local, {.script = "ls /proc/self/fd | wc -l"}, {}).value().out);
}
