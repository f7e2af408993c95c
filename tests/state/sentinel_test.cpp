// The bytes of a secret never reach the disk through the state, whatever is handed to it.
#include "base/json.hpp"
#include "state/audit.hpp"
#include "state/history.hpp"
#include "state/journal.hpp"
#include "state/stack_folder.hpp"

#include <filesystem>

using namespace deployctl;
using namespace deployctl::state;
using namespace deployctl::test;

TEST_CASE("state: a resolved secret is written as its reference, in every file") {
  const std::string sentinel = "sentinel-7f3a-secret-bytes";
  StackFolder folder;
  const Value inputs(
      Value::Map{{"token", Secret::reference("token", "keyed:0123456789abcdef").resolved_with(sentinel)},
                 {"url", Secret::composed({{.literal = "https://x:"}, {.name = "token"}})
                             .resolved_with("https://x:" + sentinel)}});

  auto journal = JournalWriter::create(folder.local.journal_path("01J00000000000000000000001"),
                                       {.run = "01J00000000000000000000001"});
  REQUIRE(journal);
  REQUIRE((*journal)->append(RecordType::intent, Value::Map{{"inputs", inputs}}));
  History history = History::open(folder.local.history_path()).value();
  Release release{
      .id = "01J00000000000000000000002", .number = 1, .project = "hello", .environment = "production"};
  release.steps = {{.id = "web", .action = "host.release", .inputs = inputs, .outputs = inputs}};
  REQUIRE(history.add_release(release));
  REQUIRE(
      history.add_run({.id = "01J00000000000000000000001", .stack = "hello/production", .summary = inputs}));
  REQUIRE(append_audit(folder.stack.directory(), {.what = "lock", .subject = inputs}));
  REQUIRE(update_cell(folder.stack.cell(), [](Cell& cell) -> Status {
    cell.holder = holder();
    return {};
  }));

  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.scratch.path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const auto bytes = os::read_file(entry.path(), 64U << 20);
    REQUIRE(bytes);
    INFO(entry.path());
    CHECK(bytes->find(sentinel) == std::string::npos);
    CHECK(bytes->find(sentinel.substr(0, 12)) == std::string::npos);
  }
  CHECK(files >= 5);
  const auto content = read_journal(folder.local.journal_path("01J00000000000000000000001"));
  REQUIRE(content);
  const Value* token = content->records[0].payload.find_path("inputs.token");
  REQUIRE(token);
  CHECK(token->get<Secret>()->version() == "keyed:0123456789abcdef");
}
