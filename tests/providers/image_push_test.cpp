#include <catch2/catch.hpp>

#include "providers/builtin.hpp"
#include "providers/workbench.hpp"
#include "registry/manifest.hpp"
#include "registry/saved_image.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using registry::Digest;

namespace {

Provider push_action() {
  return *find_provider(providers::builtin_catalog(), "image.push");
}

Value archive(Workbench& bench, const std::string& name, const SavedImage& image) {
  bench.write(name, image.docker_archive());
  return bench.file(name);
}

std::string output(const Value& outputs, const char* name) {
  return *outputs.find(name)->text();
}

} // namespace

TEST_CASE("image.push: an archive arrives, an unchanged one costs one request, a changed one goes back") {
  StrictRegistry server;
  Workbench bench(push_action());
  const std::string to = server.host() + "/team/app:1";
  const Ask ask =
      bench.ask({{"archive", archive(bench, "one.tar", {.layers = {noise(30'000, 1), "b"}})}, {"to", to}});
  const Change first = bench.plan(ask).value();
  CHECK(first.action == Action::create);
  CHECK(first.summary.find(": 3 of 3 layers and configurations to send, at most ") != std::string::npos);
  CHECK(first.undoable == Undoable::partly);
  const Value outputs = bench.apply(ask, first).value();
  const std::string digest = Digest::of(server.tagged("team/app", "1")).text();
  CHECK(output(outputs, "digest") == digest);
  CHECK(output(outputs, "ref") == server.host() + "/team/app@" + digest);
  CHECK(output(outputs, "tag") == to);
  CHECK(bench.confirm(ask, first, "put").state == Confirmation::State::done);

  const std::size_t before = server.requests().size();
  CHECK(bench.plan(ask)->action == Action::none);
  CHECK(server.requests().size() == before + 1);

  bench.recorder.undos.clear();
  const Ask next =
      bench.ask({{"archive", archive(bench, "two.tar", {.layers = {noise(30'000, 1), "c"}})}, {"to", to}});
  const Change change = bench.plan(next).value();
  CHECK(change.action == Action::update);
  CHECK(change.summary.find(": 2 of 3 layers and configurations to send, at most ") != std::string::npos);
  CHECK(change.fields.at(0).before == Value(digest));
  CHECK(bench.confirm(next, change, "put").state == Confirmation::State::not_done);
  REQUIRE(bench.apply(next, change));
  CHECK(Digest::of(server.tagged("team/app", "1")).text() != digest);
  REQUIRE(bench.revert(next));
  CHECK(Digest::of(server.tagged("team/app", "1")).text() == digest);
}

TEST_CASE("image.push: a layout in a folder goes with the digest that the plan shows") {
  StrictRegistry server;
  Workbench bench(push_action());
  TextImage image;
  const auto root = image.add_image({noise(30'000, 1)});
  for (const auto& [digest, bytes] : image.everything())
    bench.write("layout/blobs/sha256/" + digest.encoded, bytes);
  bench.write("layout/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  bench.write("layout/index.json", registry::make_index({root}).value().bytes);
  const Ask ask = bench.ask({{"layout", bench.tree("layout")}, {"to", server.host() + "/app:1"}});
  const Change change = bench.plan(ask).value();
  CHECK(change.fields.at(0).after == Value(root.digest.text()));
  CHECK(output(bench.apply(ask, change).value(), "digest") == root.digest.text());
  CHECK(server.tagged("app", "1") == image.root()->bytes);
  CHECK(bench.confirm(ask, change, "put").state == Confirmation::State::done);
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE("image.push: a new tag is taken away again, and where that is not possible it is said") {
  StrictRegistry server;
  Workbench bench(push_action());
  const Ask ask = bench.ask(
      {{"archive", archive(bench, "one.tar", {.layers = {"a"}})}, {"to", server.host() + "/app:1"}});
  REQUIRE(bench.deploy(ask));
  SECTION("a registry that deletes tags") {
    REQUIRE(bench.revert(ask));
    CHECK(server.tagged("app", "1") == "(none)");
  }
  SECTION("one that does not") {
    server.rule = [](const Received& received) -> std::optional<Reply> {
      if (received.method != "DELETE") return std::nullopt;
      return Reply{.status = 405, .body = R"({"errors":[{"code":"UNSUPPORTED"}]})"};
    };
    const Status refused = bench.revert(ask);
    REQUIRE(!refused);
    CHECK(refused.error().help.find("'1' stays until its digest is deleted by hand") != std::string::npos);
  }
}

TEST_CASE(
    "image.push: a tag that must not move, and one that never moves in its registry, are said as such") {
  StrictRegistry server;
  Workbench bench(push_action());
  const std::string to = server.host() + "/app:1";
  const Value one = archive(bench, "one.tar", {.layers = {"a"}});
  const Value two = archive(bench, "two.tar", {.layers = {"b"}});
  REQUIRE(bench.deploy(bench.ask({{"archive", one}, {"to", to}, {"move", false}})));
  CHECK(bench.plan(bench.ask({{"archive", one}, {"to", to}, {"move", false}}))->action == Action::none);
  const auto moved = bench.plan(bench.ask({{"archive", two}, {"to", to}, {"move", false}}));
  REQUIRE(!moved);
  CHECK(moved.error().cause == Cause::policy);
  server.rule = [](const Received& received) -> std::optional<Reply> {
    if (received.method != "PUT" || received.target.find("/manifests/") == std::string::npos)
      return std::nullopt;
    return Reply{.status = 400,
                 .body = R"({"errors":[{"code":"TAG_INVALID","message":"tag is immutable"}]})"};
  };
  const auto never = bench.deploy(bench.ask({{"archive", two}, {"to", to}}));
  REQUIRE(!never);
  CHECK(never.error().cause == Cause::policy);
  CHECK(never.error().help == "the tag '1' never moves in this registry: use another one");
}

TEST_CASE("image.push: an archive that an earlier step makes is planned, and pushed when it is there") {
  StrictRegistry server;
  Workbench bench(push_action());
  const Value later = Unknown{"build", "path", "${steps.build.path}"};
  const Change change = bench.plan(bench.ask({{"archive", later}, {"to", server.host() + "/app:1"}})).value();
  CHECK(change.action == Action::create);
  CHECK(change.summary == server.host() + "/app:1");
}

TEST_CASE("image.push: an archive that was changed after the plan is not pushed") {
  StrictRegistry server;
  Workbench bench(push_action());
  const Ask ask = bench.ask(
      {{"archive", archive(bench, "one.tar", {.layers = {"a"}})}, {"to", server.host() + "/app:1"}});
  const Change change = bench.plan(ask).value();
  bench.write("one.tar", SavedImage{.layers = {"b"}}.docker_archive());
  const auto refused = bench.apply(ask, change);
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::conflict);
  CHECK(server.tagged("app", "1") == "(none)");
}

TEST_CASE("image.push: the target is a tag") {
  const auto check = push_action().description.check;
  CHECK(check(Value::Map{{"to", "r.example/a:1"}}).empty());
  CHECK(check(Value::Map{{"to", "r.example/A:1"}}).at(0).path == "to");
  CHECK(check(Value::Map{{"to", "r.example/a@" + Digest::of("").text()}}).at(0).path == "to");
}
