#include "secrets/encrypted_files.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "base/system_clock.hpp"
#include "golden.hpp"
#include "os/files.hpp"
#include "os/processes.hpp"
#include "os/scratch.hpp"
#include "secrets/age_identities.hpp"

using namespace deployctl;
using namespace deployctl::secrets;

namespace {

constexpr const char* for_pgp = R"(db:
  password: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]
sops:
  pgp: [{ created_at: "2026-03-01T10:00:00Z", enc: none, fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21 }]
  lastmodified: "2026-03-01T10:00:00Z"
  mac: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]
)";

class OneProgram final : public Processes {
public:
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token) override {
    requests.push_back(request);
    return result;
  }
  Result<ProcessResult> result = fail(Cause::not_found, "the command 'sops' was not found");
  std::vector<ProcessRequest> requests;
};

struct PgpFile {
  Scratch scratch;
  std::map<std::string, std::string, std::less<>> environment{
      {"GNUPGHOME", "/keys"}, {"AWS_PROFILE", "ci"}, {"OTHER", "x"}};
  OneProgram program;
  SopsFileCache cache;

  PgpFile() { scratch.write("values.yaml", for_pgp); }

  Result<std::string> read(const std::string& pointer) {
    const Sources sources{.environment = environment,
                          .read_file = os::read_file,
                          .processes = program,
                          .directory = scratch.path(),
                          .sops_files = &cache};
    return read_sops_file(parse_secret_reference("sops://values.yaml#" + pointer).value(), sources, {});
  }
};

} // namespace

TEST_CASE("secrets: a file of SOPS for other keys than age's is opened by its program, once") {
  PgpFile file;
  file.program.result =
      ProcessResult{.out = R"({"db":{"password":"of-pgp","port":5432,"on":true,"none":null}})"};
  CHECK(file.read("/db/password") == "of-pgp");
  CHECK(file.read("/db/port") == "5432");
  CHECK(file.read("/db/on") == "true");
  CHECK(file.read("/db/none").error().cause == Cause::not_found);
  REQUIRE(file.program.requests.size() == 1);
  const ProcessRequest& request = file.program.requests.front();
  CHECK(request.argv == std::vector<std::string>{"sops", "decrypt", "--output-type", "json",
                                                 file.scratch.path() + "/values.yaml"});
  const auto gets = [&](const char* name) {
    return std::find(request.inherit.begin(), request.inherit.end(), name) != request.inherit.end();
  };
  CHECK(gets("GNUPGHOME"));
  CHECK(gets("AWS_PROFILE"));
  CHECK_FALSE(gets("OTHER"));
}

TEST_CASE("secrets: what sops says of keys that do not open is told, and what helps where it is missing") {
  PgpFile file;
  const auto missing = file.read("/db/password");
  CHECK(missing.error().cause == Cause::auth);
  CHECK(missing.error().message.find("pgp 85D77543B3D624B63CEA9E6DBC17301B491B3F21") != std::string::npos);
  CHECK(missing.error().help.find("install sops") == 0);
  file.program.result = ProcessResult{.exit_code = 128, .err = "Group 0: FAILED\n\n  no secret key\n"};
  const auto refused = file.read("/db/password");
  CHECK(refused.error().message == "'sops decrypt' exited with 128");
  CHECK(refused.error().evidence == std::vector<std::string>{"Group 0: FAILED", "  no secret key"});
}

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
