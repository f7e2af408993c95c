#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "providers/release_bench.hpp"

using namespace deployctl;
using deployctl::tests::changed;
using deployctl::tests::stages;
using Bench = deployctl::tests::ReleaseBench;

namespace {

// This machine, but its disk is full when half of the files are there.
class FullDisk final : public Hosts {
public:
  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override {
    return hosts_.run(host, command, std::move(stop));
  }
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override {
    HostTransfer half = transfer;
    half.files.resize(half.files.size() / 2);
    DEPLOYCTL_CHECK(hosts_.transfer(host, half, std::move(stop)));
    return fail(Cause::capacity, "No space left on device");
  }

private:
  SystemClock clock_;
  os::LocalHosts hosts_{clock_, {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}}};
};

} // namespace

TEST_CASE("host.release: a disk that is full in mid-upload is not left full") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  const std::string live = bench.current();
  bench.edit("two\n");
  bench.other_hosts = std::make_unique<FullDisk>();
  const auto refused = bench.deploy(bench.release());
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::capacity);
  CHECK(bench.list("srv/web/releases").size() == 1);
  CHECK(bench.current() == live);
  bench.other_hosts.reset();
  REQUIRE(bench.deploy(bench.release()));
  CHECK(bench.live("index.html") == "two\n");
}

TEST_CASE("host.release: a folder goes live, and then nothing is left to do") {
  Bench bench;
  const Ask ask = bench.release({{"version", "1.4/2"}});
  const Change change = *bench.plan(ask);
  CHECK(change.action == Action::create);
  CHECK(stages(change) == std::vector<std::string>{"upload", "switch", "clean"});
  const auto outputs = bench.apply(ask, change);
  REQUIRE(outputs);
  CHECK(bench.live("index.html") == "one\n");
  CHECK(bench.live("bin/link") == "#!/bin/sh\n");
  CHECK(outputs->find("release")->text()->starts_with("1.4-2-"));
  CHECK("releases/" + *outputs->find("release")->text() == bench.current());
  CHECK(bench.plan(ask)->action == Action::none);
  CHECK(bench.verbs<Resource>()
            .outputs(ask, *bench.observe(ask))
            .find("release")
            ->text()
            ->starts_with("1.4-2-"));
}

TEST_CASE("host.release: a release belongs to whom is asked for, and is made anew for another") {
  if (getuid() != 0) return; // only root gives files away
  Bench bench;
  const auto owners = [&bench](const std::string& name) {
    struct stat facts {};
    lstat(bench.path("srv/web/" + name).c_str(), &facts);
    return std::pair(facts.st_uid, facts.st_gid);
  };
  REQUIRE(bench.deploy(bench.release()));
  const std::string first = bench.current();
  const Ask ask =
      bench.release({{"owner", "1234"}, {"group", "nogroup"}, {"shared", Value::Map{{"data", "data/"}}}});
  const Change change = *bench.plan(ask);
  CHECK(changed(change) == std::vector<std::string>{"files.data", "owner", "group"});
  REQUIRE(bench.apply(ask, change));
  const auto theirs = owners("current/index.html");
  CHECK(theirs.first == 1234);
  CHECK(theirs.second != 0);
  for (const char* name : {"current/.", "current/bin", "current/bin/link", "shared/data"})
    CHECK(owners(name) == theirs);
  CHECK(owners("shared").first == 0);
  CHECK(bench.plan(ask)->action == Action::none);

  // The same files for another owner, to and fro: never those that stand there for the first.
  for (const char* owner : {"4321", "1234", "4321"}) {
    const Ask other = bench.release({{"owner", owner}, {"shared", Value::Map{{"data", "data/"}}}});
    REQUIRE(bench.deploy(other));
    CHECK(owners("current/index.html").first == static_cast<unsigned>(std::stoi(owner)));
    CHECK(bench.plan(other)->action == Action::none);
  }
}

TEST_CASE("host.release: a plan names the files that differ") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  bench.edit("two\n");
  bench.write("dist/new.css", "x");
  std::filesystem::remove(bench.path("dist/bin/link"));
  const Change change = *bench.plan(bench.release());
  CHECK(change.action == Action::update);
  CHECK(changed(change) == std::vector<std::string>{"files.bin/link", "files.index.html", "files.new.css"});
  CHECK(change.fields[0].before == Value("-> app"));
  CHECK(change.fields[0].after.is_null());
}

TEST_CASE(
    "host.release: what was changed by hand is seen and repaired, what the program wrote is not touched") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  bench.write("srv/web/current/__pycache__/x.pyc", "cache");
  CHECK(bench.plan(bench.release())->action == Action::none);
  CHECK(*bench.observe(bench.release())->facts.find("extra") == Value(1));

  bench.write("srv/web/current/index.html", "hacked");
  chmod(bench.path("srv/web/current/bin/app").c_str(), 0777);
  std::filesystem::remove(bench.path("srv/web/current/bin/link"));
  const Change change = *bench.plan(bench.release());
  CHECK(changed(change) ==
        std::vector<std::string>{"files.bin/app.mode", "files.bin/link", "files.index.html"});
  REQUIRE(bench.apply(bench.release(), change));
  CHECK(bench.live("index.html") == "one\n");
  CHECK(bench.plan(bench.release())->action == Action::none);
}

TEST_CASE("host.release: a checkout with another umask is the same release") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  chmod(bench.path("dist/index.html").c_str(), 0664);
  CHECK(bench.plan(bench.release())->action == Action::none);
  chmod(bench.path("dist/index.html").c_str(), 0755);
  CHECK(changed(*bench.plan(bench.release())) == std::vector<std::string>{"files.index.html.mode"});
}

TEST_CASE(
    "host.release: a revert brings back the release that was live, and keeps the failed one to look at") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  const std::string first = bench.current();
  const Observation before = *bench.observe(bench.release());
  bench.recorder.undos.clear();
  bench.run = "run-2";
  bench.edit("two\n");
  const Ask second = bench.release();
  REQUIRE(bench.deploy(second));
  REQUIRE(bench.live("index.html") == "two\n");
  const std::string failed = bench.current();
  REQUIRE(bench.revert(second));
  CHECK(bench.current() == first);
  CHECK(bench.observe(second)->managed == before.managed);
  CHECK(bench.list("srv/web/failed") == std::vector<std::string>{failed.substr(9)});
  REQUIRE(bench.revert(second)); // nothing left to take back
}

TEST_CASE("host.release: a first release that is taken back leaves nothing live") {
  Bench bench;
  const Ask ask = bench.release();
  REQUIRE(bench.deploy(ask));
  REQUIRE(bench.revert(ask));
  CHECK(bench.current().empty());
  CHECK_FALSE(bench.observe(ask)->exists);
  REQUIRE(bench.deploy(ask));
  CHECK(bench.live("index.html") == "one\n");
}

TEST_CASE("host.release: shared entries are links into shared/, and must exist unless they are folders") {
  Bench bench;
  const Ask ask = bench.release({{"shared", Value::Map{{"data", "data/"}, {"config/.env", "web.env"}}}});
  const auto missing = bench.deploy(ask);
  REQUIRE(!missing);
  CHECK(missing.error().cause == Cause::not_found);
  CHECK_THAT(missing.error().message, Catch::Contains("'shared/web.env'"));
  CHECK(bench.current().empty());

  bench.write("srv/web/shared/web.env", "A=1");
  REQUIRE(bench.deploy(ask));
  CHECK(bench.live("config/.env") == "A=1");
  bench.write("srv/web/current/data/rows", "kept");
  bench.edit("two\n");
  REQUIRE(
      bench.deploy(bench.release({{"shared", Value::Map{{"data", "data/"}, {"config/.env", "web.env"}}}})));
  CHECK(bench.live("data/rows") == "kept");
  const auto clash = bench.plan(bench.release({{"shared", Value::Map{{"bin", "bin/"}}}}));
  REQUIRE(!clash);
  CHECK(clash.error().cause == Cause::config);
}

TEST_CASE("host.release: an archive is unpacked on the host, and its drift is seen") {
  Bench bench;
  const std::string make = "cd '" + bench.path("dist") + "' && tar -czf ../web.tar.gz .";
  REQUIRE(std::system(make.c_str()) == 0);
  const Value archive = bench.file("web.tar.gz");
  const Ask ask = bench.release({{"archive", archive}, {"shared", Value::Map{{"data", "data/"}}}});
  const Change change = *bench.plan(ask);
  CHECK(changed(change) == std::vector<std::string>{"archive"});
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.live("index.html") == "one\n");
  CHECK(bench.plan(ask)->action == Action::none);
  bench.write("srv/web/current/index.html", "hacked");
  CHECK(changed(*bench.plan(ask)) == std::vector<std::string>{"files.index.html"});
  REQUIRE(bench.deploy(ask));
  CHECK(bench.live("index.html") == "one\n");
}
