#include <filesystem>

#include "golden.hpp"
#include "secrets/local_bench.hpp"

using namespace deployctl;
using namespace deployctl::secrets;

namespace {

using Bench = LocalBench;

// Prints more than any secret has.
class Endless final : public Processes {
public:
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token) override {
    return ProcessResult{.out = std::string(request.capture_limit + 10, 'x')};
  }
};

class Stuck final : public Processes {
public:
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token) override {
    CHECK(request.timeout == exec_limit);
    return ProcessResult{.exit_code = 143, .timed_out = true, .out = "half a sentinel"};
  }
};

} // namespace

TEST_CASE("secrets: each local scheme gives its value") {
  Bench bench;
  bench.scratch.write("token", "from-a-file\n");
  bench.scratch.write("two", "line one\nline two\r\n");
  bench.scratch.write(
      "doc.json", R"({"db": {"password": "p\u00e4ss \"word\"", "port": 54320}, "list": ["aaaa", "bbbb"]})");
  bench.scratch.write(".env", "A=first\nexport B='second # value'\nA=last-one\n");
  std::filesystem::create_directory(bench.scratch.path("home"));
  bench.scratch.write("home/token", "from-home");

  CHECK(bench.resolves_to("env://TOKEN", "sentinel-token-value"));
  CHECK(bench.resolves_to("file://token", "from-a-file"));
  CHECK(bench.resolves_to("file://two", "line one\nline two"));
  CHECK(bench.resolves_to("file://" + bench.scratch.path("token"), "from-a-file"));
  CHECK(bench.resolves_to("file://~/token", "from-home"));
  CHECK(bench.resolves_to("file://doc.json#/db/password", "p\u00e4ss \"word\""));
  CHECK(bench.resolves_to("file://doc.json#/db/port", "54320"));
  CHECK(bench.resolves_to("file://doc.json#/list/1", "bbbb"));
  CHECK(bench.resolves_to("dotenv://.env#A", "last-one"));
  CHECK(bench.resolves_to("dotenv://.env#B", "second # value"));
  CHECK(bench.resolves_to("exec://printf '%s %s\\n' 'two words' \"more\"", "two words more"));
  CHECK(bench.resolves_to("exec://cat doc.json#/db/port", "54320"));
  CHECK(bench.resolves_to("exec://--env=TOKEN sh -c 'echo \"$TOKEN\"'", "sentinel-token-value"));
}

TEST_CASE("secrets: values of files encrypted with SOPS and age, by the keys of the environment") {
  Bench bench;
  const auto file = [](const std::string& name) { return golden::read("tests/formats/" + name); };
  bench.scratch.write("values.yaml", file("sops/values.yaml"));
  bench.scratch.write("both.age", file("age/both.age"));
  const Error none = bench.error_of("sops://values.yaml#/db/password");
  CHECK(none.cause == Cause::auth);
  CHECK_THAT(none.message, Catch::EndsWith(", tried none"));
  CHECK_THAT(none.help, Catch::Contains("SOPS_AGE_KEY_FILE") && Catch::Contains("--add-age"));

  bench.scratch.write("one.key", file("sops/one.key"));
  bench.environment["SOPS_AGE_KEY_CMD"] = "cat 'one.key'";
  CHECK(bench.resolves_to("sops://values.yaml#/db/password", "correct horse: \"battery\""));
  bench.environment["SOPS_AGE_KEY_CMD"] = "cat missing.key";
  CHECK_THAT(bench.error_of("sops://values.yaml#/db/password").message,
             Catch::Contains("the identities in SOPS_AGE_KEY_CMD: 'cat' exited with 1"));
  bench.environment.erase("SOPS_AGE_KEY_CMD");

  bench.environment["SOPS_AGE_KEY"] = file("sops/one.key");
  CHECK(bench.resolves_to("sops://values.yaml#/db/password", "correct horse: \"battery\""));
  CHECK(bench.resolves_to("sops://values.yaml#/hosts/1/token", "token-of-the-second"));
  CHECK(bench.error_of("sops://values.yaml#/db/host").cause == Cause::not_found);
  CHECK_THAT(bench.error_of("age://both.age").message, Catch::Contains("type ssh-ed25519, ssh-rsa"));
  bench.scratch.write("id", file("age/rsa.key"));
  bench.environment["SOPS_AGE_SSH_PRIVATE_KEY_FILE"] = bench.scratch.path("id");
  CHECK(bench.resolves_to("age://both.age", "for both"));
}

TEST_CASE("secrets: the keys of encrypted files are looked for once in a run") {
  Bench bench;
  AgeIdentityCache cache;
  bench.identities = &cache;
  bench.scratch.write("values.yaml", golden::read("tests/formats/sops/values.yaml"));
  bench.scratch.write("one.key", golden::read("tests/formats/sops/one.key"));
  bench.environment["SOPS_AGE_KEY_CMD"] = "sh -c 'echo once >> asked; cat one.key'";
  Resolver resolver = bench.resolver({{"password", "sops://values.yaml#/db/password"},
                                      {"first", "sops://values.yaml#/hosts/0/token"},
                                      {"second", "sops://values.yaml#/hosts/1/token"}});
  CHECK(resolver.versions({}));
  CHECK(resolver.resolve(Value::List{Secret::reference("first"), Secret::reference("second")}, {}));
  CHECK(bench.scratch.read("asked") == "once\n");
}

TEST_CASE("secrets: a place for keys that is named must hold some, a usual one may be missing") {
  Bench bench;
  bench.scratch.write("two.yaml", golden::read("tests/formats/sops/two.yaml"));
  bench.environment["SOPS_AGE_KEY"] = "AGE-SECRET-KEY-1SENTINEL";
  const Error broken = bench.error_of("sops://two.yaml#/password");
  CHECK_THAT(broken.message, Catch::Contains("the identities in SOPS_AGE_KEY: line 1: "));
  CHECK_THAT(broken.message, !Catch::Contains("SENTINEL"));
  bench.environment.erase("SOPS_AGE_KEY");
  bench.environment["SOPS_AGE_KEY_FILE"] = bench.scratch.path("missing");
  CHECK_THAT(bench.error_of("sops://two.yaml#/password").message, Catch::Contains("(SOPS_AGE_KEY_FILE): "));
  bench.environment.erase("SOPS_AGE_KEY_FILE");
  std::filesystem::create_directories(bench.scratch.path("home/.config/sops/age"));
  bench.scratch.write("home/.config/sops/age/keys.txt", golden::read("tests/formats/sops/three.key"));
  CHECK(bench.resolves_to("sops://two.yaml#/password", "for two"));
  std::filesystem::create_directory(bench.scratch.path("home/.ssh"));
  bench.scratch.write("home/.ssh/id_rsa", golden::read("tests/formats/age/locked.key"));
  CHECK(bench.resolves_to("sops://two.yaml#/password", "for two"));
  bench.environment["XDG_CONFIG_HOME"] = bench.scratch.path("elsewhere");
  const Error error = bench.error_of("sops://two.yaml#/password");
  REQUIRE(error.evidence.size() == 1);
  CHECK_THAT(error.evidence[0], Catch::Contains("it has a passphrase"));
}

TEST_CASE("secrets: a command is no shell, and gets only the variables that it needs or that are named") {
  Bench bench;
  CHECK(bench.resolves_to("exec://echo $TOKEN;ls", "$TOKEN;ls"));
  bench.environment["CI_JOB_TOKEN"] = "request-token";
  bench.environment["OWN_CREDENTIAL"] = "own-credential";
  bench.environment["LANG"] = "C.UTF-8";
  const std::string command = "sh -c 'echo \"$LANG-${CI_JOB_TOKEN:-withheld}-${OWN_CREDENTIAL:-withheld}\"'";
  os::LocalProcesses processes(bench.clock, bench.scratch.path(),
                               {bench.environment.begin(), bench.environment.end()});
  Resolver resolver({{"none", "exec://" + command},
                     {"one", "exec://--env=OWN_CREDENTIAL " + command},
                     {"two", "exec://--env=OWN_CREDENTIAL --env=CI_JOB_TOKEN " + command}},
                    {bench.environment, os::read_file, processes, bench.scratch.path()}, bench.redactions,
                    Secret::reference("key").resolved_with("key"));
  const auto value = [&](const char* name) {
    return std::string(resolver.resolve(Secret::reference(name), {})->get<Secret>()->reveal());
  };
  CHECK(value("none") == "C.UTF-8-withheld-withheld");
  CHECK(value("one") == "C.UTF-8-withheld-own-credential");
  CHECK(value("two") == "C.UTF-8-request-token-own-credential");
  CHECK(bench.error_of("exec://--env=MISSING true").cause == Cause::not_found);
  CHECK(bench.error_of("exec://--env=2X true").cause == Cause::config);
  CHECK(bench.error_of("exec://--env=TOKEN").cause == Cause::config);
}

TEST_CASE("secrets: what cannot be resolved names secret and reference, and shows nothing of what was read") {
  Bench bench;
  bench.environment["EMPTY"] = "";
  bench.environment["SHORT"] = "abc";
  bench.scratch.write("empty", "\n");
  bench.scratch.write("broken.json", "{\"a\": sentinel-in-json}");
  bench.scratch.write("doc.json", R"({"a": ["sentinel-in-json"], "n": null})");
  bench.scratch.write(".env", "A='sentinel-in-dotenv");
  bench.scratch.write("large", std::string(value_limit + 1, 'x'));
  struct Case {
    const char* reference;
    Cause cause;
    const char* message;
  };
  const Case cases[] = {
      {"env://MISSING", Cause::not_found, "the environment variable MISSING is not set"},
      {"env://EMPTY", Cause::config, "its value is empty"},
      {"env://SHORT", Cause::config, "its value has 3 bytes, fewer than 4"},
      {"file://missing", Cause::not_found, "missing"},
      {"file://empty", Cause::config, "its value is empty"},
      {"file://large", Cause::config, "larger than"},
      {"file://broken.json#/a", Cause::config, "it is not JSON, so '#/a' means nothing in it"},
      {"file://doc.json#/b", Cause::not_found, "it has nothing at '#/b'"},
      {"file://doc.json#/a", Cause::config, "neither text nor a whole number"},
      {"file://doc.json#/n", Cause::config, "neither text nor a whole number"},
      {"dotenv://.env#A", Cause::config, "line 1"},
      {"dotenv://none#A", Cause::not_found, "none"},
      {"exec://sh -c 'echo sentinel-output; echo no access >&2; exit 3'", Cause::command_failed,
       "'sh' exited with 3"},
      {"exec://no-such-command-here", Cause::not_found, "no-such-command-here"},
      {"vault://a/b/c#d", Cause::config, "vault:// is not in this version"},
      {"nonsense", Cause::config, "must be a reference"},
  };
  for (const Case& c : cases) {
    INFO(c.reference);
    const Error error = bench.error_of(c.reference);
    CHECK(to_text(error.cause) == to_text(c.cause));
    CHECK_THAT(error.message, Catch::Contains(c.message));
    std::string all = error.help;
    for (const std::string& line : error.evidence) all += line;
    if (std::string(c.reference).find("sentinel") == std::string::npos) all += error.message;
    CHECK_THAT(all, !Catch::Contains("sentinel"));
  }
  CHECK(bench.error_of("exec://sh -c 'echo no access >&2; exit 3'").evidence ==
        std::vector<std::string>{"no access"});
}

TEST_CASE("secrets: a command that hangs or floods is an error") {
  Bench bench;
  Endless endless;
  Stuck stuck;
  const auto message = [&](Processes& processes) {
    Resolver resolver({{"it", "exec://x"}}, {bench.environment, os::read_file, processes, ""},
                      bench.redactions, Secret::reference("key").resolved_with("key"));
    return resolver.versions({}).error();
  };
  CHECK_THAT(message(endless).message, Catch::Contains("printed more than 1048576 bytes"));
  CHECK(message(stuck).cause == Cause::timeout);
  CHECK_THAT(message(stuck).message, Catch::Contains("'x' took longer than 30 s"));
}
