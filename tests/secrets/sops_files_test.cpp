#include "secrets/encrypted_files.hpp"

#include <catch2/catch.hpp>

#include "base/system_clock.hpp"
#include "golden.hpp"
#include "os/files.hpp"
#include "os/processes.hpp"
#include "os/scratch.hpp"
#include "secrets/age_identities.hpp"

using namespace deployctl;
using namespace deployctl::secrets;

TEST_CASE("secrets: a file of SOPS is opened once in a run, and anew when that failed") {
  const Scratch scratch;
  SystemClock clock;
  os::LocalProcesses processes(clock, scratch.path(), {});
  std::map<std::string, std::string, std::less<>> environment;
  SopsFileCache cache;
  int reads = 0;
  const Sources sources{.environment = environment,
                        .read_file =
                            [&reads](const std::string& path, std::size_t limit) {
                              ++reads;
                              return os::read_file(path, limit);
                            },
                        .processes = processes,
                        .directory = scratch.path(),
                        .sops_files = &cache};
  const auto read = [&](const std::string& reference) {
    return read_sops_file(parse_secret_reference(reference).value(), sources, {});
  };
  scratch.write("values.yaml", golden::read("tests/formats/sops/values.yaml"));
  CHECK(read("sops://values.yaml#/hosts/0/token").error().cause == Cause::auth);
  environment["SOPS_AGE_KEY"] = golden::read("tests/formats/sops/one.key");
  CHECK(read("sops://values.yaml#/hosts/1/token") == "token-of-the-second");
  const int once = reads;
  CHECK(read("sops://values.yaml#/db/password") == "correct horse: \"battery\"");
  CHECK(read("sops://values.yaml#/hosts/7/token").error().cause == Cause::not_found);
  CHECK(reads == once);
}
