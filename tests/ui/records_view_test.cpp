#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "golden.hpp"
#include "ui/history_view.hpp"
#include "ui/status_view.hpp"

using namespace deployctl;

TEST_CASE("history: newest first, aligned, with the live one marked") {
  const std::vector<ui::ReleaseRow> rows = {
      {.number = 12,
       .version = "1.4.0",
       .outcome = "good",
       .created_at = "2026-03-14T09:26:53.589Z",
       .created_by = "ann@laptop",
       .commit = "3f2a91c07be1d7c4",
       .note = "rollback",
       .live = true},
      {.number = 11,
       .version = "1.5.0-rc.1+build.7",
       .outcome = "good",
       .created_at = "2026-03-13T09:26:53.589Z",
       .created_by = "ci@runner-4",
       .commit = "",
       .note = "quarantined: the queue filled up after twenty minutes and nobody knew why"}};
  golden::check("tests/ui/goldens/history.txt", ui::history_text("hello/production", rows, {.width = 110}));
  const std::string narrow = ui::history_text("hello/production", rows, {.width = 60});
  for (const std::string_view line : split(narrow, '\n'))
    CHECK((!line.starts_with(" ") || line.size() <= 60));
  CHECK(ui::history_text("hello/production", {}, {}) == "No release of hello/production is recorded.\n");
}

TEST_CASE("status: what is live, since when, drift by field, the lock") {
  ui::EnvironmentStatus status{.stack = "hello/production",
                               .release = "release 12, version 1.4.0",
                               .since = "2026-03-14T09:26:53Z, 3 d 4 h ago",
                               .by = "ann@laptop",
                               .commit = "3f2a91c",
                               .lock = "locked by hand by bob@desk: load test"};
  status.steps = {
      {.id = "web",
       .action = "host.release",
       .state = "drifted",
       .why = "",
       .drift = {{"app-1", {{.path = "files.server.py", .before = "sha256:11", .after = "sha256:22"}}}}},
      {.id = "motd", .action = "file.put", .state = "as released", .why = "", .drift = {}},
      {.id = "db",
       .action = "sim.single",
       .state = "not readable",
       .why = "connection refused",
       .drift = {}}};
  golden::check("tests/ui/goldens/status.txt", ui::status_text(status, {}));
  golden::check("tests/ui/goldens/status_nothing.txt", ui::status_text({.stack = "hello/production"}, {}));
}
