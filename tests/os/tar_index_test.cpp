#include <catch2/catch.hpp>

#include "os/archive.hpp"
#include "os/files.hpp"
#include "os/tar_header.hpp"
#include "os/tar_index.hpp"
#include "os/tar_text.hpp"
#include "os/tree.hpp"

using namespace deployctl;
using namespace deployctl::os;
using deployctl::tests::TarText;

namespace {

Result<TarIndex> index_of(const std::string& bytes) {
  return TarIndex::read(bytes.size(), [&](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
    return bytes.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
  });
}

std::string content(const std::string& bytes, const TarIndex& index, const std::string& name) {
  const auto found = index.find(name);
  return found ? bytes.substr(static_cast<std::size_t>(found->offset), static_cast<std::size_t>(found->size))
               : "(none)";
}

std::string refusal(const std::string& bytes) {
  const auto index = index_of(bytes);
  if (index) return "(none)";
  CHECK(index.error().cause == Cause::config);
  return index.error().message;
}

} // namespace

TEST_CASE("tar index: the files of a real tar are where it says, with names of any length") {
  const auto folder = TemporaryDirectory::create("/tmp", "deployctl-tar-").value();
  const std::string deep = std::string(90, 'd') + "/" + std::string(90, 'e') + "/" + std::string(120, 'f');
  for (const std::string& name : {std::string("a"), std::string("b/c"), deep}) {
    const std::string path = folder.path() + "/" + name;
    REQUIRE(make_directories(path.substr(0, path.rfind('/'))));
    REQUIRE(atomic_write(path, "this is " + name));
  }
  const std::string bytes = make_tar(folder.path()).value();
  const TarIndex index = index_of(bytes).value();
  for (const std::string& name : {std::string("a"), std::string("b/c"), deep})
    CHECK(content(bytes, index, name) == "this is " + name);
  CHECK(content(bytes, index, "b") == "(none)");
}

TEST_CASE("tar index: GNU's long names and links, and names that begin with a dot") {
  const std::string name(300, 'n');
  const std::string bytes = TarText()
                                .add("././@LongLink", name + '\0', 'L')
                                .add("cut", "first")
                                .add("./second", "2")
                                .add("././@LongLink", name + '\0', 'K')
                                .add("third", "", '1', "cut")
                                .ended();
  const TarIndex index = index_of(bytes).value();
  CHECK(content(bytes, index, name) == "first");
  CHECK(content(bytes, index, "second") == "2");
  CHECK(content(bytes, index, "third") == "first");
}

TEST_CASE("tar index: links are followed within the tar, and in no circle") {
  const std::string bytes = TarText()
                                .add("one/layer.tar", "layer")
                                .add("two/layer.tar", "", '2', "../one/layer.tar")
                                .add("three", "", '1', "two/layer.tar")
                                .add("round", "", '2', "about")
                                .add("about", "", '2', "round")
                                .add("nowhere", "", '2', "none")
                                .ended();
  const TarIndex index = index_of(bytes).value();
  CHECK(content(bytes, index, "two/layer.tar") == "layer");
  CHECK(content(bytes, index, "three") == "layer");
  CHECK(content(bytes, index, "round") == "(none)");
  CHECK(content(bytes, index, "nowhere") == "(none)");
}

TEST_CASE("tar index: files of more than eight gigabytes, in both forms") {
  constexpr std::uint64_t huge = 9ULL << 30;
  std::string block = TarText::header("huge", 0, '0', "");
  block.replace(124, 12, std::string("\x80\0\0\0\0\0\0\x02\x40\0\0\0", 12));
  const std::string large = TarText::with_sum(block);
  const std::string attributes =
      TarText().add("pax", TarText::attribute("size", std::to_string(huge)), 'x').bytes;
  const std::string pax = attributes + TarText::header("huge", 0, '0', "");
  for (const std::string& head : {large, pax}) {
    // A file with a hole: the headers, nine gigabytes of nothing, the end.
    const std::uint64_t size = head.size() + huge + 1'024;
    const auto read_at = [&](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
      std::ranges::fill(out, '\0');
      if (offset < head.size()) head.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
      return out.size();
    };
    const TarIndex index = TarIndex::read(size, read_at).value();
    REQUIRE(index.find("huge"));
    CHECK(index.find("huge")->size == huge);
    CHECK(index.find("huge")->offset == head.size());
  }
}

TEST_CASE("tar index: what is damaged or leads out of the tar is refused") {
  const std::string whole = TarText().add("a", std::string(1'000, 'a')).ended();
  CHECK(refusal(whole) == "(none)");
  CHECK(refusal(whole.substr(0, 1'000)).find("longer than the tar") != std::string::npos);
  CHECK(refusal(whole.substr(0, 1'536)).find("ends early") != std::string::npos);
  std::string wrong = whole;
  wrong[3] = 'x';
  CHECK(refusal(wrong).find("sum is wrong") != std::string::npos);
  CHECK(refusal(TarText().add("../a", "").ended()).find("leads out") != std::string::npos);
  CHECK(refusal(TarText().add("/etc/a", "").ended()).find("leads out") != std::string::npos);
  CHECK(refusal(TarText().add("a/../b", "").ended()).find("leads out") != std::string::npos);
  CHECK(refusal(TarText().add("a", "", '2', "../b").ended()).find("leads out") != std::string::npos);
  CHECK(refusal(TarText().add("a", "", '2', "/etc/passwd").ended()).find("leads out") != std::string::npos);
  CHECK(refusal(TarText().add("a", "", 'S').ended()).find("holes") != std::string::npos);
  CHECK(refusal(TarText().add("p", TarText::attribute("GNU.sparse.major", "1"), 'x').ended()).find("holes") !=
        std::string::npos);
  CHECK(refusal(TarText().add("p", "9 path=a", 'x').ended()).find("attributes") != std::string::npos);
  CHECK(refusal(TarText().add("p", TarText::attribute("size", "-1"), 'x').ended()).find("no number") !=
        std::string::npos);
  CHECK(refusal(TarText().add("long", "", 'L', "", 5'000'000'000).ended()).find("longer than the tar") !=
        std::string::npos);
  CHECK(refusal("\x1f\x8b" + whole).find("compressed") != std::string::npos);
  CHECK(refusal("").find("ends early") != std::string::npos);
}

TEST_CASE("tar header: what is written is read by ourselves and unpacked by libarchive") {
  const std::string two_parts = std::string(80, 'd') + "/" + std::string(90, 'e');
  const std::string long_name = std::string(120, 'f') + "/" + std::string(130, 'g');
  std::string bytes;
  for (const std::string& name : {std::string("a"), two_parts, long_name})
    bytes += tar_header({.name = name, .mode = 0755, .size = name.size()}) + name + tar_padding(name.size());
  bytes += tar_header({.name = "l/link", .mode = 0777, .link = "../a"}) + tar_end();
  CHECK(bytes.size() % 512 == 0);
  const TarIndex index = index_of(bytes).value();
  for (const std::string& name : {std::string("a"), two_parts, long_name})
    CHECK(content(bytes, index, name) == name);
  CHECK(content(bytes, index, "l/link") == "a");

  const auto folder = TemporaryDirectory::create("/tmp", "deployctl-tar-").value();
  REQUIRE(extract_archive_bytes(bytes, folder.path()));
  CHECK(read_file(folder.path() + "/" + long_name, 1'000).value() == long_name);
  CHECK(read_file(folder.path() + "/l/link", 1'000).value() == "a");
  CHECK(look_at_file(folder.path() + "/a")->mode == 0755);
}

TEST_CASE("tar header: a file of more than eight GiB has its size in a record") {
  const std::string header = tar_header({.name = "large", .size = 9ULL << 30});
  CHECK(header.find("19 size=9663676416\n") == 512);
  CHECK(header.size() == 3 * 512);
}
