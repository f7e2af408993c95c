#include <catch2/catch.hpp>

#include "providers/builtin.hpp"
#include "providers/workbench.hpp"
#include "registry/manifest.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using registry::Digest;

namespace {

Provider assemble_action() {
  return *find_provider(providers::builtin_catalog(), "image.assemble");
}

void write_files(const Workbench& bench, const std::string& text, unsigned plain, unsigned executable) {
  bench.write("image/bin/tool", "#!/bin/sh\n", executable);
  bench.write("image/etc/note", text, plain);
}

Ask ask_for(Workbench& bench, const StrictRegistry& server, const std::string& tag) {
  return bench.ask({{"base", "scratch"},
                    {"files", bench.tree("image")},
                    {"at", "/opt/app"},
                    {"entrypoint", Value::List{"/opt/app/bin/tool"}},
                    {"to", server.host() + "/team/app:" + tag}});
}

} // namespace

TEST_CASE("image.assemble: made twice, with another umask and elsewhere, it is one image") {
  StrictRegistry server;
  Workbench one(assemble_action()), two(assemble_action());
  write_files(one, "text", 0644, 0755);
  write_files(two, "text", 0600, 0700);
  const auto first = one.deploy(ask_for(one, server, "1"));
  INFO((first ? "" : first.error().message));
  REQUIRE(first);
  const Ask other = ask_for(two, server, "2");
  REQUIRE(two.deploy(other));
  CHECK(server.tagged("team/app", "1") == server.tagged("team/app", "2"));
  CHECK(*first->find("digest") == Value(Digest::of(server.tagged("team/app", "1")).text()));
}

TEST_CASE("image.assemble: the same files need nothing, others are put, and it goes back") {
  StrictRegistry server;
  Workbench bench(assemble_action());
  write_files(bench, "text", 0644, 0755);
  const Ask ask = ask_for(bench, server, "1");
  const Change first = bench.plan(ask).value();
  CHECK(first.action == Action::create);
  REQUIRE(bench.apply(ask, first));
  CHECK(bench.confirm(ask, first, "put").state == Confirmation::State::done);
  CHECK(bench.plan(ask)->action == Action::none);
  const std::string before = server.tagged("team/app", "1");

  bench.recorder.undos.clear();
  write_files(bench, "other", 0644, 0755);
  const Ask next = ask_for(bench, server, "1");
  const Change change = bench.plan(next).value();
  CHECK(change.action == Action::update);
  CHECK(bench.confirm(next, change, "put").state == Confirmation::State::not_done);
  REQUIRE(bench.apply(next, change));
  CHECK(server.tagged("team/app", "1") != before);
  REQUIRE(bench.revert(next));
  CHECK(server.tagged("team/app", "1") == before);
}

TEST_CASE("image.assemble: on a base by tag, the plan pins it and names it in the labels") {
  StrictRegistry server;
  Workbench bench(assemble_action());
  write_files(bench, "text", 0644, 0755);
  REQUIRE(bench.deploy(ask_for(bench, server, "base")));
  const std::string base = Digest::of(server.tagged("team/app", "base")).text();
  bench.recorder.undos.clear();
  Ask ask = ask_for(bench, server, "1");
  (*ask.inputs)["base"] = server.host() + "/team/app:base";
  const Change change = bench.plan(ask).value();
  CHECK(*change.desired.find("base") == Value(server.host() + "/team/app@" + base));
  const auto made = bench.apply(ask, change);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  const registry::Manifest there = registry::parse_manifest(server.tagged("team/app", "1")).value();
  CHECK(there.layers.size() == 2);
  const auto config =
      registry::parse_image_config(server.blob_bytes("team/app", there.config.digest.text())).value();
  CHECK(config.labels.at("org.opencontainers.image.base.name") == server.host() + "/team/app:base");
  CHECK(config.labels.at("org.opencontainers.image.base.digest") == base);
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE("image.assemble: files that a step before it makes are planned without a digest") {
  StrictRegistry server;
  Workbench bench(assemble_action());
  const Change change =
      bench.plan(bench.ask({{"base", "scratch"}, {"to", server.host() + "/team/app:1"}})).value();
  CHECK(change.action == Action::create);
  CHECK(change.fields.empty());
}

TEST_CASE("image.assemble: a folder, a time and a target that mean nothing are found before anything") {
  const auto check = assemble_action().description.check;
  const auto path_of_first = [&](Value::Map inputs) {
    const auto problems = check(Value(std::move(inputs)));
    return problems.empty() ? "(none)" : problems.front().path;
  };
  CHECK(path_of_first({{"base", "scratch"}, {"to", "r.example/a:1"}, {"at", "/app"}}) == "(none)");
  CHECK(path_of_first({{"base", "Not An Image"}}) == "base");
  CHECK(path_of_first({{"at", "app"}}) == "at");
  CHECK(path_of_first({{"at", "/app/../etc"}}) == "at");
  CHECK(path_of_first({{"at", "/app/"}}) == "at");
  CHECK(path_of_first({{"created", "yesterday"}}) == "created");
  CHECK(path_of_first({{"to", "r.example/a@" + Digest::of("").text()}}) == "to");
}
