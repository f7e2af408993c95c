// One table for files on this machine and on others: what a transfer promises holds for the local port and
// for the remote one under dash, bash and busybox.
#include <filesystem>
#include <memory>

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/system_clock.hpp"
#include "os/local_host.hpp"
#include "os/scratch.hpp"
#include "ssh/process_shell.hpp"
#include "ssh/ssh_hosts.hpp"
#include "ssh/transfer_answer.hpp"

using namespace deployctl;
using deployctl::tests::HostShells;
using deployctl::tests::ProcessShell;

namespace {

// A place to send files to, and a look at what arrived.
struct Place {
  Scratch scratch;
  SystemClock clock;
  SystemRandom random;
  std::shared_ptr<ProcessShell> shell; // null: this machine
  std::unique_ptr<tests::OneShell> shells;
  std::unique_ptr<Hosts> hosts;
  int count = 0;

  explicit Place(const HostShells& remote) {
    if (remote.name == "local") {
      hosts = std::make_unique<os::LocalHosts>(clock, os::Environment{});
      return;
    }
    shell = std::make_shared<ProcessShell>(remote, scratch.path());
    shells = std::make_unique<tests::OneShell>(shell);
    hosts = std::make_unique<ssh::SshHosts>(clock, random, *shells);
  }

  HostFile source(std::string name, std::string_view bytes, unsigned mode = 0644) {
    const std::string stored = scratch.write("source-" + std::to_string(++count), bytes);
    return {.name = std::move(name), .source = stored, .sha256 = sha256_hex(bytes), .mode = mode};
  }
  Status send(std::vector<HostFile> files, std::stop_token stop = {}) {
    const Host host =
        shell ? Host{.name = "web-1", .address = "web-1"} : Host{.name = "local", .address = "local"};
    return hosts->transfer(host, {.destination = scratch.path("to/a p'p"), .files = std::move(files)},
                           std::move(stop));
  }
  [[nodiscard]] std::string at(const std::string& name) const { return scratch.path("to/a p'p/" + name); }
  [[nodiscard]] std::string read(const std::string& name) const { return scratch.read("to/a p'p/" + name); }
  [[nodiscard]] unsigned mode(const std::string& name) const {
    struct stat status {};
    return ::lstat(at(name).c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }
  [[nodiscard]] ino_t inode(const std::string& name) const {
    struct stat status {};
    return ::lstat(at(name).c_str(), &status) == 0 ? status.st_ino : 0;
  }
  // Everything below the destination but folders.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    const auto entries = os::list_tree(at(""));
    if (!entries) return found;
    for (const os::TreeEntry& entry : *entries) found.push_back(entry.name);
    return found;
  }
  [[nodiscard]] bool is_tidy() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path("to")))
      if (entry.path().filename().string().starts_with(".deployctl-")) return false;
    return true;
  }
};

std::vector<HostShells> places(const Scratch& scratch) {
  std::vector<HostShells> found = tests::all_shells(scratch.path());
  REQUIRE(found.size() >= 3);
  found.resize(3); // the login shell makes no difference here
  found.insert(found.begin(), HostShells{.name = "local"});
  return found;
}

template <class Behaviour>
void everywhere(Behaviour behaviour) {
  const Scratch tools;
  for (const HostShells& shells : places(tools)) {
    INFO(shells.name);
    Place place(shells);
    behaviour(place);
  }
}

} // namespace

TEST_CASE("transfer: files, folders and links arrive with content and mode, whatever they are called") {
  const std::string deep = std::string(90, 'd') + "/" + std::string(90, 'e') + "/" + std::string(200, 'f');
  everywhere([&](Place& place) {
    std::vector<HostFile> files = {place.source("bin/run", "#!/bin/sh", 0755),
                                   place.source("bin/root", "s", 04755),
                                   place.source("empty", ""),
                                   place.source("etc/deep/er/conf", "x", 0600),
                                   place.source("big", std::string(3'000'001, 'b'), 0444),
                                   place.source(deep, "deep"),
                                   {.name = "bin/latest", .link = "run"},
                                   {.name = "far", .link = "/" + std::string(150, 'l')}};
    const std::vector<std::string> odd = {"-n",         "a b", "it's",  "qu\"ote", "back\\slash/a\\\\b",
                                          "$(id)",      "*",   "ä/ö ü", "#x",      "-d/-e",
                                          "sp ace/ in", "~",   ".hid",  "a\\nb"};
    for (const std::string& name : odd) files.push_back(place.source(name, "of " + name));
    REQUIRE(place.send(files));
    CHECK(place.names().size() == files.size());
    for (const std::string& name : odd) CHECK(place.read(name) == "of " + name);
    CHECK(place.read("bin/latest") == "#!/bin/sh");
    CHECK(place.read("big").size() == 3'000'001);
    CHECK(place.read(deep) == "deep");
    CHECK(place.mode("bin/run") == 0755);
    CHECK(place.mode("bin/root") == 04755);
    CHECK(place.mode("etc/deep/er/conf") == 0600);
    CHECK(place.mode("etc/deep") == 0755);
    const ino_t odd_one = place.inode("back\\slash/a\\\\b");
    REQUIRE(place.send(files));
    CHECK(place.inode("back\\slash/a\\\\b") == odd_one);
    CHECK(place.is_tidy());
  });
}

TEST_CASE("transfer: what stands already is left alone and not sent, what differs is replaced") {
  everywhere([](Place& place) {
    REQUIRE(place.send({place.source("same", "x"),
                        place.source("mode", "x", 0644),
                        place.source("text", "old"),
                        {.name = "link", .link = "same"}}));
    const ino_t same = place.inode("same");
    const ino_t link = place.inode("link");
    REQUIRE(place.send({place.source("same", "x"),
                        place.source("mode", "x", 0600),
                        place.source("text", "new"),
                        {.name = "link", .link = "same"}}));
    CHECK(place.inode("same") == same);
    CHECK(place.inode("link") == link);
    CHECK(place.mode("mode") == 0600);
    CHECK(place.read("text") == "new");
    REQUIRE(place.send({{.name = "link", .link = "text"}, place.source("same", "x")}));
    CHECK(place.read("link") == "new");
    REQUIRE(place.send({place.source("link", "a file now"), {.name = "same", .link = "text"}}));
    CHECK(place.read("link") == "a file now");
    CHECK(place.read("same") == "new");
    if (place.shell) { // one round trip when there is nothing to do, two when there is
      const int before = place.shell->started;
      REQUIRE(place.send({place.source("link", "a file now")}));
      CHECK(place.shell->started == before + 1);
      REQUIRE(place.send({place.source("link", "other")}));
      CHECK(place.shell->started == before + 3);
    }
  });
}

TEST_CASE("transfer: a changed source stops it before anything appears") {
  everywhere([](Place& place) {
    const HostFile changed = place.source("b", "x");
    place.scratch.write("source-1", "y");
    const Status sent = place.send({place.source("a", "x"), changed, place.source("c", "x")});
    REQUIRE_FALSE(sent);
    CHECK(sent.error().cause == Cause::conflict);
    CHECK(place.names().empty());
    CHECK(place.is_tidy());
  });
}

TEST_CASE("transfer: no name and no link leads out of the destination") {
  everywhere([](Place& place) {
    REQUIRE(place.send({place.source("first", "x")}));
    for (const char* name : {"../x", "/x", "a/../../x", "", "a//b", "./a", "a\nb", "a\tb"}) {
      INFO(name);
      CHECK_FALSE(place.send({place.source(name, "x")}));
    }
    REQUIRE(os::make_directories(place.scratch.path("outside")));
    REQUIRE(::symlink("../../outside", place.at("way").c_str()) == 0);
    CHECK_FALSE(place.send({place.source("way/x", "x")}));
    CHECK_FALSE(place.send({place.source("way/in/x", "x")}));
    CHECK_FALSE(place.send({{.name = "new", .link = "../../outside"}, place.source("new/x", "x")}));
    CHECK(os::list_tree(place.scratch.path("outside"))->empty());
    REQUIRE(place.send({place.source("way", "x")})); // the link itself is replaced, not followed
    CHECK(place.read("way") == "x");
    CHECK(place.is_tidy());
  });
}

TEST_CASE("transfer: a folder where a file is wanted, and a file where a folder is, stay as they are") {
  everywhere([](Place& place) {
    REQUIRE(place.send({place.source("folder/in", "x"), place.source("file", "y")}));
    CHECK_FALSE(place.send({place.source("folder", "x")}));
    CHECK_FALSE(place.send({place.source("file/in", "x")}));
    CHECK(place.read("folder/in") == "x");
    CHECK(place.read("file") == "y");
    CHECK(place.is_tidy());
  });
}

TEST_CASE("transfer: a stop leaves no temporary file") {
  everywhere([](Place& place) {
    std::stop_source stop;
    stop.request_stop();
    const Status sent = place.send({place.source("a", "x")}, stop.get_token());
    REQUIRE_FALSE(sent);
    CHECK(sent.error().cause == Cause::cancelled);
    CHECK(place.names().empty());
  });
}

TEST_CASE("transfer: many files in many folders") {
  everywhere([](Place& place) {
    std::vector<HostFile> files;
    const HostFile one = place.source("one", "x");
    for (int i = 0; i < 300; ++i) {
      files.push_back(one);
      files.back().name = "d" + std::to_string(i % 60) + "/e/f" + std::to_string(i);
    }
    REQUIRE(place.send(files));
    CHECK(place.names().size() == 300);
    CHECK(place.is_tidy());
  });
}

TEST_CASE(
    "tough 7: remote transfer: too little room is told with mount, free and needed, and nothing is sent") {
  const Scratch tools;
  tools.write("df",
              "#!/bin/sh\necho Filesystem 1024-blocks Used Available Capacity Mounted on\n"
              "echo /dev/sda1 9000 8990 10 99% /srv\n",
              0755);
  Place place({.name = "full", .path = tools.path() + ":/usr/bin:/bin"});
  const Status sent = place.send({place.source("big", std::string(100'000, 'x'))});
  REQUIRE_FALSE(sent);
  CHECK(sent.error().cause == Cause::capacity);
  CHECK(sent.error().message == "'/srv' on 'web-1' has 10 KiB free and 101 KiB are needed");
  CHECK(place.shell->started == 1);
}

TEST_CASE("remote transfer: a destination that may not be written says so") {
  Place place({.name = "dash"});
  place.scratch.write("to", "a file");
  const Status sent = place.send({place.source("a", "x")});
  REQUIRE_FALSE(sent);
  CHECK(sent.error().message.starts_with("cannot write files to '" + place.scratch.path("to/a p'p") +
                                         "' on 'web-1': "));
}

TEST_CASE("transfer answer: lines of a host become what stands there") {
  const std::string sum(64, 'a');
  const auto answer = ssh::read_transfer_answer("free 100 /srv/my disk\nl way\t../x y\nm 4755 ./a b\n" + sum +
                                                "  ./a b\n\\" + sum + "  ./c\\\\d\nnonsense\n" + sum + "\n");
  CHECK(answer.free_kibibytes == 100);
  CHECK(answer.mount == "/srv/my disk");
  CHECK(answer.standing.at("way").link == "../x y");
  CHECK(answer.standing.at("a b") == ssh::Standing{.sha256 = sum, .mode = 04755, .link = ""});
  CHECK(answer.standing.at("c\\d").sha256 == sum);
  CHECK(
      ssh::stands_already(answer, {.name = "a b", .source = "s", .sha256 = sum, .mode = 04755, .link = ""}));
  CHECK_FALSE(
      ssh::stands_already(answer, {.name = "a b", .source = "s", .sha256 = sum, .mode = 0755, .link = ""}));
  CHECK_FALSE(
      ssh::stands_already(answer, {.name = "way", .source = "s", .sha256 = "", .mode = 0, .link = ""}));
}
