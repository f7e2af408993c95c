#include <catch2/catch.hpp>

#include <atomic>

#include "base/encode.hpp"
#include "registry/credentials.hpp"

using namespace deployctl;
using namespace deployctl::registry;

namespace {

// Answers as docker-credential-* would, and remembers what it was asked.
class Helpers final : public Processes {
public:
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token) override {
    requests.push_back(request);
    return result;
  }
  ProcessResult result;
  std::vector<ProcessRequest> requests;
};

struct World {
  Helpers helpers;
  std::map<std::string, std::string> files;
  std::vector<std::string> learnt;
  Environment environment{{"HOME", "/home/a"}, {"PATH", "/bin"}};

  Result<Credential> ask(const std::string& repository) {
    UsualCredentials credentials(
        {.processes = helpers,
         .environment = environment,
         .read_file = [this](const std::string& path, std::size_t) -> Result<std::string> {
           if (!files.contains(path)) return fail(Cause::not_found, "no file " + path);
           return files.at(path);
         },
         .learn = [this](const Secret& secret) { learnt.emplace_back(secret.reveal()); }});
    const Repository named = parse_repository(repository).value();
    const auto first = credentials.credential(named, {});
    return credentials.credential(named, {}); // what was learnt once is not asked for again
  }

  // "user:password (source)"
  std::string shown(const std::string& repository) {
    const auto found = ask(repository);
    if (!found) return "error: " + found.error().message;
    if (found->anonymous()) return "anonymous";
    return found->user + ":" + std::string(found->password.reveal()) +
           std::string(found->identity_token.reveal()) + " (" + found->source + ")";
  }
};

std::string auths(const std::string& key, const std::string& pair) {
  return R"({"auths":{")" + key + R"(":{"auth":")" + to_base64(pair) + "\"}}}";
}

} // namespace

TEST_CASE("credentials: nobody knows any") {
  World world;
  CHECK(world.shown("ghcr.io/a") == "anonymous");
  world.files["/home/a/.docker/config.json"] = "{}";
  CHECK(world.shown("ghcr.io/a") == "anonymous");
}

TEST_CASE("credentials: the first place that knows the host answers, the others are passed") {
  World world;
  world.files["/home/a/.dockercfg"] = R"({"ghcr.io":{"auth":")" + to_base64("old:1") + "\"}}";
  CHECK(world.shown("ghcr.io/a") == "old:1 (/home/a/.dockercfg)");
  world.files["/home/a/.docker/config.json"] = auths("ghcr.io", "docker:2:3");
  CHECK(world.shown("ghcr.io/a") == "docker:2:3 (/home/a/.docker/config.json)");
  world.files["/home/a/.config/containers/auth.json"] = auths("quay.io", "podman:4");
  CHECK(world.shown("ghcr.io/a") == "docker:2:3 (/home/a/.docker/config.json)");
  CHECK(world.shown("quay.io/a") == "podman:4 (/home/a/.config/containers/auth.json)");
  world.environment["XDG_RUNTIME_DIR"] = "/run/user/1";
  world.files["/run/user/1/containers/auth.json"] = auths("ghcr.io", "session:5");
  CHECK(world.shown("ghcr.io/a") == "session:5 (/run/user/1/containers/auth.json)");
  world.environment["REGISTRY_AUTH_FILE"] = "/etc/auth.json";
  world.files["/etc/auth.json"] = auths("ghcr.io", "named:6");
  CHECK(world.shown("ghcr.io/a") == "named:6 (/etc/auth.json)");
  world.environment["DOCKER_AUTH_CONFIG"] = auths("ghcr.io", "ci:7");
  CHECK(world.shown("ghcr.io/a") == "ci:7 (the variable DOCKER_AUTH_CONFIG)");
  CHECK(world.learnt.back() == "7");
}

TEST_CASE("credentials: keys are hosts in any of their forms, and the most specific one counts") {
  World world;
  std::string& file = world.files["/home/a/.docker/config.json"];
  for (const char* key :
       {"https://index.docker.io/v1/", "docker.io", "registry-1.docker.io", "index.docker.io/v1"}) {
    file = auths(key, "hub:1");
    CHECK(world.shown("nginx") == "hub:1 (/home/a/.docker/config.json)");
  }
  file = R"({"auths":{"r.example":{"auth":")" + to_base64("all:1") + R"("},"r.example/team":{"auth":")" +
         to_base64("team:2") + "\"}}}";
  CHECK(world.shown("r.example/team/app") == "team:2 (/home/a/.docker/config.json)");
  CHECK(world.shown("r.example/teams/app") == "all:1 (/home/a/.docker/config.json)");
}

TEST_CASE("credentials: only the helper of the host is run, once, and gets the host on its standard input") {
  World world;
  world.files["/home/a/.docker/config.json"] =
      R"({"credsStore":"pass","credHelpers":{"123.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login","gcr.io":"gcloud"}})";
  world.helpers.result.out = R"({"ServerURL":"x","Username":"AWS","Secret":"pw"})";
  CHECK(world.shown("123.dkr.ecr.eu-west-1.amazonaws.com/app") ==
        "AWS:pw (the helper 'ecr-login' of /home/a/.docker/config.json)");
  REQUIRE(world.helpers.requests.size() == 1);
  const ProcessRequest& request = world.helpers.requests[0];
  CHECK(request.argv == std::vector<std::string>{"docker-credential-ecr-login", "get"});
  CHECK(*request.input.plain() == "123.dkr.ecr.eu-west-1.amazonaws.com\n");
  CHECK(request.timeout == Milliseconds(10'000));
  CHECK(request.inherit == std::vector<std::string>{"HOME", "PATH"});

  world.helpers.result.out = R"({"Username":"<token>","Secret":"identity"})";
  CHECK(world.shown("nginx") == ":identity (the helper 'pass' of /home/a/.docker/config.json)");
  CHECK(world.helpers.requests.back().argv[0] == "docker-credential-pass");
  CHECK(*world.helpers.requests.back().input.plain() == "https://index.docker.io/v1/\n");
}

TEST_CASE("credentials: a helper that knows nothing is passed, one that fails is named with its own words") {
  World world;
  world.files["/home/a/.docker/config.json"] = R"({"credsStore":"pass"})";
  world.helpers.result = {.exit_code = 1, .out = "credentials not found in native keychain\n"};
  CHECK(world.shown("ghcr.io/a") == "anonymous");
  CHECK(world.helpers.requests.size() == 1);
  world.helpers.result = {.exit_code = 2, .err = "gpg: no key\nmore"};
  const auto failed = world.ask("ghcr.io/a");
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::auth);
  CHECK(failed.error().message ==
        "the helper 'pass' of /home/a/.docker/config.json failed for 'ghcr.io' with exit code 2");
  CHECK(failed.error().evidence == std::vector<std::string>{"gpg: no key"});
  world.helpers.result = {.timed_out = true};
  CHECK(world.shown("ghcr.io/a") ==
        "error: the helper 'pass' of /home/a/.docker/config.json gave no answer within 10 s");
  world.helpers.result = {.out = "what?"};
  CHECK(world.shown("ghcr.io/a") ==
        "error: the helper 'pass' of /home/a/.docker/config.json answered with something else than JSON");
  world.files["/home/a/.docker/config.json"] = R"({"credsStore":"../evil"})";
  CHECK(world.shown("ghcr.io/a") ==
        "error: '../evil' in /home/a/.docker/config.json is not the name of a credential helper");
}

TEST_CASE("credentials: a file that cannot be read says which, and nothing of what it holds") {
  World world;
  world.files["/home/a/.docker/config.json"] = "{\"auths\": s3cret";
  const auto broken = world.ask("ghcr.io/a");
  REQUIRE(!broken);
  CHECK(broken.error().message == "it is not a JSON object");
  CHECK(broken.error().frames == std::vector<std::string>{"while reading '/home/a/.docker/config.json'"});
  world.files["/home/a/.docker/config.json"] = R"({"auths":{"ghcr.io":{"auth":"s3cret-without-colon"}}})";
  const auto odd = world.ask("ghcr.io/a");
  REQUIRE(!odd);
  CHECK(odd.error().message == "'auth' of 'ghcr.io' is not the base64 of user:password");
}
