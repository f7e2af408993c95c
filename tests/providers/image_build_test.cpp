#include <catch2/catch.hpp>

#include <filesystem>

#include "base/strings.hpp"
#include "os/files.hpp"
#include "providers/builtin.hpp"
#include "providers/image/build_inputs.hpp"
#include "providers/workbench.hpp"
#include "registry/saved_image.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using namespace deployctl::providers::image;
using registry::Digest;

namespace {

std::vector<std::string> lines_of(BuildTool tool, const BuildWishes& wishes) {
  std::vector<std::string> lines;
  const auto commands = build_commands(tool, wishes, "name:1", "/tmp/a.tar").value();
  for (const BuildCommand& command : commands) lines.push_back(join(command.argv, " "));
  return lines;
}

const BuildWishes wishes{.context = "api",
                         .dockerfile = "",
                         .target = "gpu",
                         .platforms = {"linux/amd64"},
                         .arguments = {{"VARIANT", "gpu"}},
                         .labels = {{"a", "b"}},
                         .epoch = 7};

// A 'docker' without buildx, whose builds end with the archive "image.tar" of the bench; what it was asked
// for stands in "asked".
class DockerWorld {
public:
  DockerWorld() : bench(*find_provider(providers::builtin_catalog(), "image.build"), programs_.path()) {
    const std::string home = bench.path();
    install("#!/bin/sh\n[ \"$1\" = buildx ] && exit 1\n[ \"$1\" = version ] && exit 0\n"
            "echo \"$* epoch=$SOURCE_DATE_EPOCH\" >> " +
            home + "/asked\n[ \"$1\" != save ] || cp " + home + "/image.tar \"$3\"\n");
    bench.write("image.tar", SavedImage{.layers = {noise(30'000, 1), "b"}}.docker_archive());
  }

  void install(const std::string& script) {
    bench.write("docker", script, 0755);
    std::filesystem::copy_file(bench.path("docker"), programs_.path() + "/docker",
                               std::filesystem::copy_options::overwrite_existing);
  }
  Ask ask(Value::Map more = {}) {
    Value::Map inputs{{"repository", server.host() + "/team/app"}, {"source", "one"}, {"builder", "docker"}};
    more.merge(inputs);
    return bench.ask(std::move(more));
  }
  [[nodiscard]] std::size_t builds() const {
    const std::string asked = bench.read("asked");
    std::size_t count = 0;
    for (const std::string_view line : split(asked, '\n')) count += line.starts_with("build ") ? 1 : 0;
    return count;
  }

private:
  os::TemporaryDirectory programs_ = os::TemporaryDirectory::create("/tmp", "deployctl-programs-").value();

public:
  StrictRegistry server;
  Workbench bench;
};

} // namespace

TEST_CASE("build commands: each tool is told the same, ends with an archive and leaves nothing behind") {
  const std::string same =
      " --file api/Dockerfile --target gpu --platform linux/amd64 --build-arg VARIANT=gpu --label a=b";
  CHECK(lines_of(BuildTool::buildx, wishes) ==
        std::vector<std::string>{"docker buildx build --progress plain --provenance false" + same +
                                 " --output type=oci,rewrite-timestamp=true,dest=/tmp/a.tar api"});
  CHECK(lines_of(BuildTool::docker, wishes) ==
        std::vector<std::string>{"docker build --tag name:1" + same + " api",
                                 "docker save --output /tmp/a.tar name:1", "docker rmi name:1"});
  CHECK(lines_of(BuildTool::buildah, wishes) ==
        std::vector<std::string>{"buildah build --format docker --layers --tag name:1" + same +
                                     " --timestamp 7 api",
                                 "buildah push name:1 docker-archive:/tmp/a.tar", "buildah rmi name:1"});
  CHECK(lines_of(BuildTool::podman, wishes).at(1) == "podman save --output /tmp/a.tar name:1");
}

TEST_CASE("build commands: several platforms need a tool that can") {
  BuildWishes two = wishes;
  two.platforms = {"linux/amd64", "linux/arm64"};
  CHECK(build_commands(BuildTool::buildx, two, "n", "a"));
  const auto refused = build_commands(BuildTool::podman, two, "n", "a");
  REQUIRE(!refused);
  CHECK(refused.error().message == "podman builds for one platform at once, wanted 2");
}

TEST_CASE("build commands: secrets go by the environment of the one that builds, where the tool can") {
  BuildWishes secret = wishes;
  secret.secrets = {{"npm", Text("one")}, {"pip.conf", Text("two")}};
  for (const BuildTool tool : {BuildTool::buildx, BuildTool::buildah, BuildTool::podman}) {
    const auto commands = build_commands(tool, secret, "n", "a").value();
    const std::string words = join(commands.front().argv, " ");
    CHECK(words.find(
              "--secret id=npm,env=DEPLOYCTL_SECRET_1 --secret id=pip.conf,env=DEPLOYCTL_SECRET_2 api") !=
          std::string::npos);
    CHECK(*commands.front().environment.at("DEPLOYCTL_SECRET_2").plain() == "two");
    for (std::size_t i = 1; i < commands.size(); ++i)
      CHECK(commands[i].environment.count("DEPLOYCTL_SECRET_1") == 0);
  }
  const auto refused = build_commands(BuildTool::docker, secret, "n", "a");
  REQUIRE(!refused);
  CHECK(refused.error().message == "docker without buildx builds without secrets");
}

TEST_CASE("build commands: an image that stays is named, and its id is written down") {
  const auto words = [](BuildTool tool) {
    return join(kept_build(tool, wishes, "name:1", "/tmp/id").value().argv, " ");
  };
  CHECK(words(BuildTool::buildx).ends_with(" --load --tag name:1 --iidfile /tmp/id api"));
  CHECK(words(BuildTool::docker).starts_with("docker build --tag name:1 --file api/Dockerfile "));
  CHECK(words(BuildTool::buildah).ends_with(" --timestamp 7 --iidfile /tmp/id api"));
  CHECK(join(find_command(BuildTool::buildx, "src-1"), " ") ==
        "docker images --no-trunc --quiet --filter label=io.deployctl.source=src-1");
  BuildWishes two = wishes;
  two.platforms = {"linux/amd64", "linux/arm64"};
  REQUIRE(!kept_build(BuildTool::buildx, two, "n", "f"));
}

TEST_CASE("image.build: all that goes into a build is in the name that finds it, what does not is not") {
  BuildInputs inputs{.repository = "r/a", .context = ".", .created = "1970-01-01T00:00:00Z", .source = "one"};
  const std::string name = inputs.source_tag();
  CHECK(name.starts_with("src-"));
  CHECK(name.size() == 36);
  inputs.tags = {"1"};
  inputs.builder = "podman";
  CHECK(inputs.source_tag() == name);
  inputs.args = {{"A", "1"}};
  CHECK(inputs.source_tag() != name);
  const std::string without = inputs.source_tag();
  inputs.secrets = {{"npm", Text("one")}};
  const std::string with = inputs.source_tag();
  CHECK(with != without);
  inputs.secrets = {{"npm", Text("two")}};
  CHECK(inputs.source_tag() == with);
  inputs.source.clear();
  CHECK(inputs.source_tag().empty());
}

TEST_CASE("image.build: built once, found again, and another tag builds nothing") {
  DockerWorld world;
  const Ask ask = world.ask();
  CHECK_FALSE(*world.bench.find(ask));
  const auto made = world.bench.make(ask);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  CHECK(world.builds() == 1);
  const std::string tag = made->find("tag")->text()->substr(made->find("tag")->text()->rfind(':') + 1);
  CHECK(*made->find("digest") == Value(Digest::of(world.server.tagged("team/app", tag)).text()));
  CHECK(world.bench.read("asked").find("epoch=0") != std::string::npos);
  CHECK(world.bench.read("asked").find("--label io.deployctl.source=" + tag) != std::string::npos);
  CHECK(*world.bench.find(ask) == std::optional<Value>(*made));

  const Ask tagged = world.ask({{"tags", Value::List{"1.4.2", "live"}}});
  CHECK_FALSE(*world.bench.find(tagged));
  REQUIRE(world.bench.make(tagged));
  CHECK(world.builds() == 1);
  CHECK(world.server.tagged("team/app", "1.4.2") == world.server.tagged("team/app", tag));
  CHECK(*world.bench.find(tagged) == std::optional<Value>(*made));
  CHECK_FALSE(*world.bench.find(world.ask({{"source", "two"}})));
}

TEST_CASE("image.build: what was built of sources that nobody can name is built again") {
  DockerWorld world;
  Ask ask = world.ask({{"tags", Value::List{"live"}}});
  (*ask.inputs)["source"] = Value();
  REQUIRE(world.bench.make(ask));
  CHECK_FALSE(*world.bench.find(ask));
  REQUIRE(world.bench.make(ask));
  CHECK(world.builds() == 2);
}

TEST_CASE("image.build: a secret reaches the tool, and nothing that others see") {
  DockerWorld world;
  world.install("#!/bin/sh\n[ \"$2\" = version ] && exit 0\necho \"$*\" >> " + world.bench.path("asked") +
                "\nprintf %s \"$DEPLOYCTL_SECRET_1\" > " + world.bench.path("got") + "\ncp " +
                world.bench.path("image.tar") + " \"$(echo \"$*\" | sed 's/.*dest=//; s/ .*//')\"\n");
  const Value::Map secrets{{"npm", Secret(resolved_secret("npm"))}};
  const auto made = world.bench.make(world.ask({{"builder", "buildx"}, {"secrets", secrets}}));
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  CHECK(world.bench.read("got") == "secret-npm");
  CHECK(world.bench.read("asked").find("--secret id=npm,env=DEPLOYCTL_SECRET_1") != std::string::npos);
  CHECK(world.bench.read("asked").find("secret-npm") == std::string::npos);
}

TEST_CASE(
    "image.build: without a repository the image stays with the tool, and is found there by its sources") {
  DockerWorld world;
  const std::string id = Digest::of("an image").text();
  // Its store is the file "labels" of what was built.
  world.install("#!/bin/sh\ncd " + world.bench.path() +
                "\ncase $1 in\nbuild) echo \"$*\" >> asked; label=${*#*--label io.}; echo "
                "\"label=io.${label%% *}\" >> labels\n"
                "  file=${*#*--iidfile }; printf %s " +
                id + " > \"${file%% *}\" ;;\nimages) if grep -qx \"$5\" labels; then echo " + id +
                "; fi ;;\nesac\n");
  Ask ask = world.bench.ask({{"source", "one"}, {"builder", "docker"}});
  CHECK_FALSE(*world.bench.find(ask));
  const auto made = world.bench.make(ask);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  CHECK(*made->find("ref") == Value(id));
  CHECK(made->find("tag")->text()->starts_with("localhost/deployctl:src-"));
  CHECK(*world.bench.find(ask) == std::optional<Value>(*made));
  CHECK(world.builds() == 1);
  (*ask.inputs)["source"] = "two";
  CHECK_FALSE(*world.bench.find(ask));
  CHECK(world.server.requests().empty());

  const auto problems = world.bench.provider.description.check(Value::Map{{"tags", Value::List{"1"}}});
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "repository");
}

TEST_CASE("image.build: a build that fails says what the tool said, and puts nothing") {
  DockerWorld world;
  world.install("#!/bin/sh\n[ \"$1\" = build ] || exit 0\necho 'no such stage' >&2\nexit 3\n");
  const Ask ask = world.ask();
  const auto failed = world.bench.make(ask);
  REQUIRE(!failed);
  CHECK(failed.error().message == "'docker build' ended with code 3");
  CHECK(failed.error().evidence == std::vector<std::string>{"no such stage"});
  CHECK(world.server.count("PUT", "/manifests/") == 0);
}

TEST_CASE("image.build: a tool that does not work here is named with what would") {
  DockerWorld world;
  world.install("#!/bin/sh\nexit 1\n");
  const auto failed = world.bench.make(world.ask());
  REQUIRE(!failed);
  CHECK(failed.error().message == "'docker' does not work on this machine");
}
