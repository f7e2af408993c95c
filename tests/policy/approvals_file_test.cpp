#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "policy/approvals_file.hpp"

using namespace deployctl;
using namespace deployctl::policy;

namespace {

SignedStatement sample(const std::string& digest) {
  return {.statement = {.subject = {.project = "shop",
                                    .environment = "production",
                                    .digest = digest,
                                    .planned_by = "ann@laptop"},
                        .decision = Decision::approve,
                        .signed_at = "2026-11-22T10:00:00.000Z",
                        .expires_at = "2026-11-22T14:00:00.000Z"},
          .signature = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"};
}

} // namespace

TEST_CASE("approvals file: what is written is read again") {
  const std::vector<SignedStatement> approvals{sample("d1"), sample("d2")};
  const auto read = read_approvals(write_approvals(approvals));
  REQUIRE(read);
  CHECK(*read == approvals);
  CHECK(read_approvals("").value().empty());
}

TEST_CASE("approvals file: the signed bytes are canonical and end with a line feed") {
  CHECK(message_of(sample("d1").statement) ==
        "{\"decision\":\"approve\",\"digest\":\"d1\",\"environment\":\"production\",\"expires_at\":"
        "\"2026-11-22T14:00:00.000Z\",\"format\":1,\"planned_by\":\"ann@laptop\",\"project\":\"shop\","
        "\"run\":\"\","
        "\"signed_at\":\"2026-11-22T10:00:00.000Z\",\"step\":\"\"}\n");
}

TEST_CASE("approvals file: anything that is not exactly one is refused") {
  const std::string good = write_approvals({sample("d1")});
  REQUIRE(read_approvals(good));
  const std::vector<std::pair<std::string, std::string>> spoiled = {
      {"\"format\":1,\"planned_by\"", "\"format\":2,\"planned_by\""},
      {"\"decision\":\"approve\"", "\"decision\":\"maybe\""},
      {"\"digest\":\"d1\"", "\"digest\":7"},
      {"\"run\":\"\"", "\"run\":\"\",\"more\":\"\""},
      {"\"run\":\"\",", ""},
      {"2026-11-22T14:00:00.000Z", "tomorrow"},
      {"-----BEGIN SSH", "-----BEGIN PGP"},
      {"\"approvals\"", "\"rejections\""},
  };
  for (const auto& [from, to] : spoiled) {
    INFO(from << " -> " << to);
    const std::string text = replace_all(good, from, to);
    REQUIRE(text != good);
    const auto read = read_approvals(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().cause == Cause::config);
  }
  CHECK_FALSE(read_approvals("[]"));
  CHECK_FALSE(read_approvals(write_approvals(std::vector<SignedStatement>(257, sample("d1")))));
}
