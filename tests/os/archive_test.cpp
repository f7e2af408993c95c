#include "os/archive.hpp"

#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/encode.hpp"
#include "base/system_clock.hpp"
#include "os/archive_names.hpp"
#include "os/processes.hpp"
#include "scratch.hpp"

using namespace deployctl;
using namespace deployctl::os;

namespace {

struct Fixture {
  Scratch scratch;
  SystemClock clock;
  LocalProcesses processes{clock, scratch.path(), {{"PATH", "/usr/bin:/bin"}}};

  Fixture() {
    REQUIRE(make_directories(scratch.path("in")));
    REQUIRE(make_directories(scratch.path("out")));
  }

  void shell(const std::string& script) {
    const auto result = processes.run({.argv = {"/bin/sh", "-ec", script}, .inherit = {"PATH"}}, {});
    REQUIRE(result);
    INFO(result->err);
    REQUIRE(result->exit_code == 0);
  }
  [[nodiscard]] Status extract(std::string_view archive, ArchiveLimits limits = {}) const {
    return extract_archive(scratch.path(archive), scratch.path("out"), limits);
  }
  [[nodiscard]] std::vector<std::string> extracted() const {
    const auto entries = list_tree(scratch.path("out"));
    REQUIRE(entries);
    std::vector<std::string> found;
    for (const TreeEntry& entry : *entries)
      found.push_back(entry.name + (entry.link.empty() ? "" : " -> " + entry.link));
    return found;
  }
};

// A tar of one entry, made by hand: what no tool would write.
std::string raw_tar(const std::string& name, char type, const std::string& link = {},
                    const std::string& content = {}) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  header.replace(100, 7, "0004755");
  header.replace(108, 7, "0000000");
  header.replace(116, 7, "0000000");
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  header.replace(124, 11, size);
  header.replace(136, 11, "00000000000");
  header.replace(148, 8, "        ");
  header[156] = type;
  header.replace(157, link.size(), link);
  header.replace(257, 8,
                 std::string("ustar\0"
                             "00",
                             8));
  unsigned sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  header.replace(148, 7, std::string(text, 7));
  const std::string padding((512 - content.size() % 512) % 512, '\0');
  return header + content + padding;
}

const std::string end_of_tar(1024, '\0');

} // namespace

TEST_CASE_METHOD(Fixture, "archive: every kind is told by its content") {
  shell("mkdir -p in/bin; echo run > in/bin/run; chmod 755 in/bin/run; ln -s bin/run in/latest; : > "
        "in/leer-\xc3\xa9");
  SECTION("tar") {
    shell("tar cf a -C in .");
  }
  SECTION("tar.gz") {
    shell("tar czf a -C in .");
  }
  SECTION("tar.xz") {
    shell("tar cJf a -C in .");
  }
  REQUIRE(extract("a"));
  CHECK(extracted() == std::vector<std::string>{"bin/run", "latest -> bin/run", "leer-\xc3\xa9"});
  CHECK(scratch.read("out/bin/run") == "run\n");
  CHECK(hash_file(scratch.path("out/bin/run"))->mode == 0755);
}

TEST_CASE_METHOD(Fixture, "archive: a zip, with its modes") {
  shell("python3 -c \"import zipfile; z=zipfile.ZipFile('a','w',zipfile.ZIP_DEFLATED); "
        "z.writestr('d/f','hello'); z.close()\"");
  REQUIRE(extract("a"));
  CHECK(extracted() == std::vector<std::string>{"d/f"});
  CHECK(scratch.read("out/d/f") == "hello");
}

TEST_CASE_METHOD(Fixture, "archive: hard links inside are kept, setuid bits are not") {
  shell("echo x > in/a; ln in/a in/b; tar cf a -C in .");
  REQUIRE(extract("a"));
  CHECK(scratch.read("out/b") == "x\n");
  REQUIRE(extract_archive_bytes(raw_tar("su", '0', "", "x") + end_of_tar, scratch.path("out")));
  CHECK(hash_file(scratch.path("out/su"))->mode == 0755);
}

TEST_CASE_METHOD(Fixture, "archive: what leads out is refused") {
  const std::vector<std::string> hostile = {
      raw_tar("/etc/x", '0', "", "x"),
      raw_tar("../x", '0', "", "x"),
      raw_tar("a/../../x", '0', "", "x"),
      raw_tar("a\\..\\x", '0', "", "x"),
      raw_tar("bad\xff", '0', "", "x"),
      raw_tar("a\nb", '0', "", "x"),
      raw_tar("link", '2', "/etc"),
      raw_tar("link", '2', "../x"),
      raw_tar("d/link", '2', "../../x"),
      raw_tar("d/s", '2', ".") + raw_tar("d/link", '2', "s/../.."),
      raw_tar("d", '2', ".") + raw_tar("d/x", '0', "", "x"), // through a link of its own
      raw_tar("hard", '1', "/etc/passwd"),
      raw_tar("hard", '1', "../x"),
      raw_tar("device", '3'),
      raw_tar("pipe", '6'),
  };
  for (const std::string& archive : hostile) {
    INFO(archive.substr(0, 20));
    const Scratch target;
    REQUIRE(make_directories(target.path("root")));
    const Status status = extract_archive_bytes(archive + end_of_tar, target.path("root"));
    CHECK_FALSE(status);
    const auto outside = list_tree(target.path());
    REQUIRE(outside);
    for (const TreeEntry& entry : *outside) CHECK(entry.name.starts_with("root/"));
  }
}

TEST_CASE_METHOD(Fixture, "archive: limits on entries and bytes, also of a bomb") {
  shell("head -c 20000000 /dev/zero > in/zeros; tar czf a -C in .; rm in/zeros; for i in 1 2 3 4; do : > "
        "in/$i; done; tar cf b -C in .");
  CHECK(extract("a", {.bytes = 1'000'000}).error().message ==
        "the archive unpacks to more than 1000000 bytes");
  CHECK(extract("b", {.entries = 3}).error().message == "the archive holds more than 3 entries");
}

TEST_CASE_METHOD(Fixture, "archive: damage is an error, not a smaller result") {
  CHECK_FALSE(
      extract_archive_bytes("no archive at all, but some text of a fair length", scratch.path("out")));
  CHECK_FALSE(extract_archive_bytes(raw_tar("a", '0', "", std::string(2000, 'x')).substr(0, 1500),
                                    scratch.path("out")));
  CHECK_FALSE(extract("none"));
  CHECK_FALSE(extract_archive_bytes(end_of_tar, scratch.path("does/not/exist")));
}

TEST_CASE_METHOD(Fixture, "archive: a tar is the same every time and comes back as it was") {
  shell("mkdir -p in/sub; echo one > in/sub/one; chmod 640 in/sub/one; ln -s sub/one in/link; echo x > "
        "in/na\xc3\xafve");
  const std::string tar = make_tar(scratch.path("in")).value();
  shell("touch -d 2001-01-01 in/sub/one");
  CHECK(make_tar(scratch.path("in")).value() == tar);
  REQUIRE(extract_archive_bytes(tar, scratch.path("out")));
  CHECK(extracted() == std::vector<std::string>{"link -> sub/one", "na\xc3\xafve", "sub/one"});
  CHECK(hash_file(scratch.path("out/sub/one"))->mode == 0640);
  scratch.write("tar", tar);
  shell("tar tf tar > names; grep -q sub/one names");
  CHECK_FALSE(make_tar(scratch.path("in"), 100));
}

TEST_CASE("archive names: links may climb only where it is certain") {
  CHECK(link_stays_inside("a/b/link", "../c"));
  CHECK(link_stays_inside("a/b/link", "../../c"));
  CHECK_FALSE(link_stays_inside("a/b/link", "../../../c"));
  CHECK_FALSE(link_stays_inside("link", ".."));
  CHECK_FALSE(link_stays_inside("a/link", "b/../c"));
  CHECK_FALSE(link_stays_inside("link", ""));
  CHECK(link_stays_inside("link", "./a"));
  CHECK(entry_name("./a//b/").value() == "a/b");
  CHECK(entry_name("./").value().empty());
  CHECK_FALSE(entry_name(""));
}
