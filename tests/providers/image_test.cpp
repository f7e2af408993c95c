#include <catch2/catch.hpp>

#include "providers/builtin.hpp"
#include "providers/workbench.hpp"
#include "registry/manifest.hpp"
#include "registry/media_type.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using registry::Descriptor;
using registry::Digest;

namespace {

Provider builtin(const std::string& action) {
  return *find_provider(providers::builtin_catalog(), action);
}

// Puts an image there with this configuration and one layer; its digest.
std::string keep(StrictRegistry& server, const std::string& repository, const std::string& tag,
                 const std::string& config) {
  const std::string layer = "layer of " + config;
  server.keep_blob(repository, config);
  server.keep_blob(repository, layer);
  const auto of = [](std::string_view type, const std::string& bytes) {
    return Descriptor{.media_type = std::string(type), .digest = Digest::of(bytes), .size = bytes.size()};
  };
  const auto image =
      registry::make_image(registry::media_type::oci_manifest, of(registry::media_type::oci_config, config),
                           {of(registry::media_type::oci_layer, layer)})
          .value();
  server.keep_image(repository, tag, image);
  return image.digest.text();
}

const std::string good =
    R"({"os":"linux","architecture":"amd64","created":"2020-01-01T00:00:00Z","config":{"User":"7"}})";
const std::string other = R"({"os":"linux","architecture":"arm64","variant":"v8","config":{}})";

Value text(const Value& outputs, const char* name) {
  return *outputs.find(name);
}

Verdict verdict(Workbench& bench, const Ask& ask) {
  const Sample sample = bench.sample(ask);
  return bench.verbs<Gate>().judge(ask, std::span(&sample, 1));
}

} // namespace

TEST_CASE("image.tag: the tag is put, an unchanged one costs one request, and it goes back") {
  StrictRegistry server;
  const std::string one = keep(server, "team/app", "1", good);
  const std::string two = keep(server, "team/app", "2", other);
  Workbench bench(builtin("image.tag"));
  const std::string repository = server.host() + "/team/app";
  const Ask ask = bench.ask({{"image", repository + "@" + one}, {"to", repository + ":live"}});
  const Value outputs = bench.deploy(ask).value();
  CHECK(text(outputs, "ref") == Value(repository + "@" + one));
  CHECK(text(outputs, "tag") == Value(repository + ":live"));
  const std::size_t before = server.requests().size();
  CHECK(bench.plan(ask)->action == Action::none);
  CHECK(server.requests().size() == before + 1);

  bench.recorder.undos.clear();
  const Ask next = bench.ask({{"image", repository + ":2"}, {"to", repository + ":live"}});
  const Change change = bench.plan(next).value();
  CHECK(change.action == Action::update);
  CHECK(change.fields.at(0).before == Value(one));
  CHECK(change.fields.at(0).after == Value(two));
  REQUIRE(bench.apply(next, change));
  CHECK(bench.confirm(next, change, "put").state == Confirmation::State::done);
  REQUIRE(bench.revert(next));
  CHECK(*bench.observe(next)->managed.find("digest") == Value(one));
  CHECK(bench.confirm(next, change, "put").state == Confirmation::State::not_done);
}

TEST_CASE("image.tag: a tag that must not move is refused in the plan, a missing image too") {
  StrictRegistry server;
  keep(server, "team/app", "1", good);
  keep(server, "team/app", "2", other);
  Workbench bench(builtin("image.tag"));
  const std::string repository = server.host() + "/team/app";
  const auto moved =
      bench.plan(bench.ask({{"image", repository + ":1"}, {"to", repository + ":2"}, {"move", false}}));
  REQUIRE(!moved);
  CHECK(moved.error().cause == Cause::policy);
  const auto missing = bench.plan(bench.ask({{"image", repository + ":9"}, {"to", repository + ":2"}}));
  REQUIRE(!missing);
  CHECK(missing.error().cause == Cause::image_missing);
  const auto elsewhere =
      bench.plan(bench.ask({{"image", repository + ":1"}, {"to", server.host() + "/b:1"}}));
  REQUIRE(!elsewhere);
  CHECK(elsewhere.error().cause == Cause::config);
}

TEST_CASE("image.tag: an image that another step will make is planned, its digest known after that step") {
  StrictRegistry server;
  const std::string one = keep(server, "team/app", "live", good);
  Workbench bench(builtin("image.tag"));
  const Value later = Unknown{"promote", "ref", "${steps.promote.ref}"};
  const Change change =
      bench.plan(bench.ask({{"image", later}, {"to", server.host() + "/team/app:live"}})).value();
  CHECK(change.action == Action::update);
  CHECK(change.fields.at(0).before == Value(one));
  CHECK(change.fields.at(0).after == later);
  const Ask fresh = bench.ask({{"image", later}, {"to", server.host() + "/team/app:new"}});
  CHECK(bench.plan(fresh)->action == Action::create);
}

TEST_CASE("image.promote: an image arrives in another registry by its digest, with its layers") {
  StrictRegistry staging;
  StrictRegistry production;
  const std::string digest = keep(staging, "app", "1", good);
  Workbench bench(builtin("image.promote"));
  const Ask ask =
      bench.ask({{"from", staging.host() + "/app:1"}, {"to", production.host() + "/live/app:1.0"}});
  const Value outputs = bench.deploy(ask).value();
  CHECK(text(outputs, "ref") == Value(production.host() + "/live/app@" + digest));
  CHECK(production.tagged("live/app", "1.0") == staging.tagged("app", "1"));
  CHECK(bench.plan(ask)->action == Action::none);
  CHECK(bench.recorder.lines ==
        std::vector<std::string>{production.host() + "/live/app:1.0: 0 layers mounted, 2 sent (" +
                                 std::to_string(good.size() * 2 + 9) + " bytes)"});
}

TEST_CASE("image.promote: the inputs are held against what a reference is") {
  const auto check = builtin("image.promote").description.check;
  CHECK(check(Value::Map{{"from", "r.example/a:1"}, {"to", "r.example/b:1"}}).empty());
  CHECK(check(Value::Map{{"from", "r.example/A:1"}, {"to", "r.example/b:1"}}).at(0).path == "from");
  CHECK(
      check(Value::Map{{"from", "r.example/a"}, {"to", "r.example/b@" + Digest::of("").text()}}).at(0).path ==
      "to");
}

TEST_CASE("image.check: passes when the image is as wanted, and names all that is not") {
  StrictRegistry server;
  keep(server, "app", "good", good);
  keep(server, "app", "other", other);
  Workbench bench(builtin("image.check"));
  const auto ask = [&](const std::string& tag, Value::Map more = {}) {
    more["image"] = server.host() + "/app:" + tag;
    return bench.ask(more);
  };
  CHECK(verdict(bench, ask("good")).state == Verdict::State::pass);
  CHECK(verdict(bench,
                ask("good", {{"platforms", Value::List{"linux/amd64"}}, {"root", false}, {"layers", true}}))
            .state == Verdict::State::pass);
  CHECK(verdict(bench, ask("other", {{"platforms", Value::List{"linux/arm64"}}})).state ==
        Verdict::State::pass);
  const Verdict bad = verdict(bench, ask("other", {{"platforms", Value::List{"linux/amd64"}},
                                                   {"root", false},
                                                   {"max_size", "10B"},
                                                   {"max_age", "1d"}}));
  CHECK(bad.state == Verdict::State::fail);
  CHECK(bad.evidence ==
        std::vector<std::string>{"the layers for linux/arm64/v8 have " + std::to_string(other.size() + 9) +
                                     " bytes, wanted at most 10",
                                 "the image for linux/arm64/v8 runs as root",
                                 "the image for linux/arm64/v8 does not say when it was built",
                                 "there is no image for linux/amd64"});
  const Verdict old = verdict(bench, ask("good", {{"max_age", "30d"}}));
  CHECK(old.detail ==
        "the image for linux/amd64 was built at 2020-01-01T00:00:00.000Z, longer ago than 30 d");
  const Verdict missing = verdict(bench, ask("none"));
  CHECK(missing.state == Verdict::State::fail);
  CHECK(missing.detail == "'" + server.host() + "/app' has no 'none'");
}
