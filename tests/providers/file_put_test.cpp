#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "providers/file/put.hpp"
#include "providers/workbench.hpp"

using namespace deployctl;
using deployctl::tests::Workbench;

namespace {

struct Bench : Workbench {
  Bench() : Workbench(providers::file::make_put()) {}
  Ask put(Value content, Value::Map more = {}) {
    more["path"] = path("etc/it's app.conf");
    more["content"] = std::move(content);
    return ask(std::move(more));
  }
  [[nodiscard]] std::string conf() const { return read("etc/it's app.conf"); }
  [[nodiscard]] unsigned mode() const {
    struct stat facts {};
    stat(path("etc/it's app.conf").c_str(), &facts);
    return facts.st_mode & 07777U;
  }
};

std::vector<std::string> changed(const Change& change) {
  std::vector<std::string> paths;
  for (const FieldChange& field : change.fields) paths.push_back(field.path);
  return paths;
}

} // namespace

TEST_CASE("file.put: a file is created with its bytes and mode, then nothing is left to do") {
  Bench bench;
  const Ask ask = bench.put("one\n", {{"mode", "0600"}});
  CHECK(bench.plan(ask)->action == Action::create);
  REQUIRE(bench.deploy(ask));
  CHECK(bench.conf() == "one\n");
  CHECK(bench.mode() == 0600);
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE("file.put: a local file is sent by its digest") {
  Bench bench;
  bench.write("local.conf", std::string("binary\0bytes", 12));
  const Ask ask = bench.ask({{"path", bench.path("etc/app.conf")}, {"source", bench.file("local.conf")}});
  REQUIRE(bench.deploy(ask));
  CHECK(bench.read("etc/app.conf") == std::string("binary\0bytes", 12));
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE("file.put: what was changed by hand shows as its field") {
  Bench bench;
  const Ask ask = bench.put("one\n");
  REQUIRE(bench.deploy(ask));
  chmod(bench.path("etc/it's app.conf").c_str(), 0666);
  CHECK(changed(*bench.plan(ask)) == std::vector<std::string>{"mode"});
  bench.write("etc/it's app.conf", "two\n");
  const Change change = *bench.plan(ask);
  REQUIRE(changed(change) == std::vector<std::string>{"content"});
  CHECK(change.fields[0].before == Value("sha256:" + sha256_hex("two\n")));
  CHECK(change.fields[0].after == Value("sha256:" + sha256_hex("one\n")));
}

TEST_CASE("file.put: a file gets the owner that is asked for, and is given to it again") {
  if (getuid() != 0) return; // only root gives files away
  Bench bench;
  const auto owner = [&bench] {
    struct stat facts {};
    stat(bench.path("etc/it's app.conf").c_str(), &facts);
    return std::pair(facts.st_uid, facts.st_gid);
  };
  const Ask ask = bench.put("one\n", {{"mode", "0750"}, {"owner", "nobody"}, {"group", "12345"}});
  REQUIRE(bench.deploy(ask));
  const auto nobody = owner();
  CHECK(nobody.first != 0);
  CHECK(nobody.second == 12345);
  CHECK(bench.mode() == 0750);
  CHECK(bench.plan(ask)->action == Action::none);
  REQUIRE(chown(bench.path("etc/it's app.conf").c_str(), 0, 0) == 0);
  const Change change = *bench.plan(ask);
  CHECK(changed(change) == std::vector<std::string>{"owner", "group"});
  REQUIRE(bench.apply(ask, change));
  CHECK(owner() == nobody);

  bench.run = "run-2";
  REQUIRE(bench.deploy(bench.put("two\n"))); // asks for none: it keeps what it has
  CHECK(owner() == nobody);
}

TEST_CASE("file.put: a revert gives the file back to its owner") {
  if (getuid() != 0) return;
  Bench bench;
  REQUIRE(bench.deploy(bench.put("old")));
  bench.recorder.undos.clear();
  bench.run = "run-2";
  const Ask ask = bench.put("old", {{"owner", "nobody"}});
  const Observation before = *bench.observe(ask);
  REQUIRE(bench.deploy(ask));
  CHECK(bench.observe(ask)->managed != before.managed);
  REQUIRE(bench.revert(ask));
  CHECK(bench.observe(ask)->managed == before.managed);
}

TEST_CASE("file.put: an owner that the host does not know is an error with its words") {
  Bench bench;
  const auto refused = bench.deploy(bench.put("one", {{"owner", "nobody-of-this-name"}}));
  REQUIRE(!refused);
  CHECK(refused.error().message.find("nobody-of-this-name") != std::string::npos);
  CHECK(bench.conf() == "(none)");
}

TEST_CASE("file.put: a secret leaves neither bytes nor hash in observation and plan") {
  Bench bench;
  const Ask ask = bench.put(Secret::reference("key", "v1"), {{"mode", "0600"}});
  const Change change = *bench.plan(ask);
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.conf() == "secret-key");
  const Observation seen = *bench.observe(ask);
  const std::string all =
      to_json(seen.managed) + to_json(seen.facts) + to_json(change.desired) + to_json(change.basis);
  CHECK(all.find("secret-key") == std::string::npos);
  CHECK(all.find(sha256_hex("secret-key")) == std::string::npos);
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE("file.put: a secret is written again when its version, its text or the file changed") {
  Bench bench;
  REQUIRE(bench.deploy(bench.put(Secret::reference("key", "v1"))));
  const Change rotated = *bench.plan(bench.put(Secret::reference("key", "v2")));
  CHECK(changed(rotated) == std::vector<std::string>{"content"});
  CHECK(rotated.fields[0].before == Value("a secret, version v1"));
  const Secret joined = Secret::composed({{.literal = "k="}, {.name = "key"}}, "v1");
  CHECK(bench.plan(bench.put(joined))->action == Action::update);
  CHECK(bench.plan(bench.put(Secret::reference("key")))->action == Action::update);
  bench.write("etc/it's app.conf", "other");
  const Change drifted = *bench.plan(bench.put(Secret::reference("key", "v1")));
  REQUIRE(changed(drifted) == std::vector<std::string>{"content"});
  CHECK(drifted.fields[0].before == Value("a secret, changed by hand"));
}

TEST_CASE("file.put: an unmarked file in a secret's place is not hashed") {
  Bench bench;
  bench.write("etc/it's app.conf", "hunter2");
  const Observation seen = *bench.observe(bench.put(Secret::reference("key", "v1")));
  CHECK(to_json(seen.managed).find(sha256_hex("hunter2")) == std::string::npos);
}

TEST_CASE("file.put: a revert puts the old bytes, mode and note back") {
  Bench bench;
  const bool was_secret = GENERATE(true, false);
  const Ask first = was_secret ? bench.put(Secret::reference("key", "v1"), {{"mode", "0600"}})
                               : bench.put("old", {{"mode", "0640"}});
  REQUIRE(bench.deploy(first));
  const Observation before = *bench.observe(first);
  bench.recorder.undos.clear();
  bench.run = "run-2";
  const Ask second = bench.put("new");
  REQUIRE(bench.deploy(second));
  REQUIRE(bench.conf() == "new");
  REQUIRE(bench.revert(second));
  CHECK(bench.conf() == (was_secret ? "secret-key" : "old"));
  CHECK(bench.observe(first)->managed == before.managed);
  REQUIRE(bench.revert(second)); // nothing left to take back
}

TEST_CASE("file.put: what was created is removed by a revert, what was removed comes back") {
  Bench bench;
  const Ask ask = bench.put("one");
  REQUIRE(bench.deploy(ask));
  REQUIRE(bench.revert(ask));
  CHECK(bench.conf() == "(none)");

  REQUIRE(bench.deploy(ask));
  bench.recorder.undos.clear();
  bench.run = "run-2";
  const Ask removal = bench.removal({{"path", bench.path("etc/it's app.conf")}});
  const Change change = *bench.plan(removal);
  CHECK(change.action == Action::remove);
  REQUIRE(bench.apply(removal, change));
  CHECK(bench.conf() == "(none)");
  CHECK(bench.plan(removal)->action == Action::none);
  REQUIRE(bench.revert(removal));
  CHECK(bench.conf() == "one");
}

TEST_CASE("file.put: a stage done twice keeps the copy of what was there first") {
  Bench bench;
  REQUIRE(bench.deploy(bench.put("old")));
  bench.recorder.undos.clear();
  bench.run = "run-2";
  const Ask ask = bench.put("new");
  const Change change = *bench.plan(ask);
  CHECK(bench.confirm(ask, change, "write").state == Confirmation::State::not_done);
  REQUIRE(bench.apply(ask, change, "write"));
  CHECK(bench.confirm(ask, change, "write").state == Confirmation::State::done);
  REQUIRE(bench.apply(ask, change, "write"));
  REQUIRE(bench.revert(ask));
  CHECK(bench.conf() == "old");
}

TEST_CASE("file.put: copies of earlier runs do not pile up") {
  Bench bench;
  for (int i = 1; i <= 4; ++i) {
    bench.run = "run-" + std::to_string(i);
    REQUIRE(bench.deploy(bench.put("content " + std::to_string(i))));
  }
  std::size_t left = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(bench.path("etc/.deployctl")))
    ++left;
  CHECK(left == 1);
}

TEST_CASE("file.put: what is not a file is refused, a link is replaced") {
  Bench bench;
  std::filesystem::create_directories(bench.path("etc/it's app.conf"));
  const auto refused = bench.plan(bench.put("x"));
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::config);
  std::filesystem::remove(bench.path("etc/it's app.conf"));
  bench.write("target", "keep me");
  std::filesystem::create_symlink(bench.path("target"), bench.path("etc/it's app.conf"));
  REQUIRE(bench.deploy(bench.put("x")));
  CHECK(bench.conf() == "x");
  CHECK(bench.read("target") == "keep me");
}

TEST_CASE("file.put: paths that are not absolute names of files are mistakes") {
  const auto check = providers::file::make_put().description.check;
  for (const char* path : {"etc/app", "/etc/", "/etc/../app", "/a/./b", "/a\nb"})
    CHECK(check(Value::Map{{"path", path}}).size() == 1);
  CHECK(check(Value::Map{{"path", "/etc/app.conf"}}).empty());
}
