#include "state/local_state.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/crypto.hpp"
#include "state/audit.hpp"
#include "state/stack_folder.hpp"

using namespace deployctl;
using namespace deployctl::state;
using namespace deployctl::test;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777U;
}

} // namespace

TEST_CASE("local state: the folder is private, ignores itself and is found again") {
  const Scratch scratch;
  SystemRandom random;
  CHECK(LocalState::find(scratch.path(), random).error().cause == Cause::not_found);
  CHECK(std::filesystem::is_empty(scratch.path()));
  REQUIRE(LocalState::open(scratch.path(), random));
  CHECK(mode_of(scratch.path(".deployctl")) == 0700);
  CHECK(scratch.read(".deployctl/.gitignore") == "*\n");
  REQUIRE(LocalState::open(scratch.path(), random));
  CHECK(LocalState::find(scratch.path(), random));
}

TEST_CASE("local state: a stack's name cannot lead out of the folder") {
  const StackFolder folder;
  for (const char* name : {"", "a", "a/", "/b", "../b", "a/..", "a/b/c", "a/b c", ".a/b", "a/b\n"}) {
    INFO(name);
    CHECK(folder.local.stack(name).error().cause == Cause::config);
  }
  REQUIRE(folder.local.stack("hello/staging"));
  std::vector<std::string> names;
  const auto stacks = folder.local.stacks();
  REQUIRE(stacks);
  for (const StackState& stack : *stacks) names.push_back(stack.name());
  CHECK(names == std::vector<std::string>{"hello/production", "hello/staging"});
}

TEST_CASE("local state: journals are listed by run, oldest first") {
  const StackFolder folder;
  CHECK(folder.local.journals()->empty());
  for (const char* run : {"01J00000000000000000000002", "01J00000000000000000000001"})
    folder.scratch.write(std::string(".deployctl/runs/") + run + ".journal", "");
  folder.scratch.write(".deployctl/runs/01J00000000000000000000001.journal.torn", "");
  folder.scratch.write(".deployctl/runs/other.journal", "");
  CHECK(*folder.local.journals() ==
        std::vector<std::string>{"01J00000000000000000000001", "01J00000000000000000000002"});
  CHECK(std::filesystem::path(folder.local.journal_path("01J00000000000000000000001")).filename() ==
        "01J00000000000000000000001.journal");
}

TEST_CASE("stack key: made once, private, and the same for everyone") {
  const StackFolder folder;
  std::vector<std::string> fingerprints(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& out : fingerprints)
      threads.emplace_back([&] { out = hmac_sha256(folder.stack.key().value(), "x").hex(); });
  }
  for (const std::string& fingerprint : fingerprints) CHECK(fingerprint == fingerprints[0]);
  CHECK(mode_of(folder.stack.directory() + "/key") == 0600);
  CHECK(folder.scratch.read(".deployctl/stacks/hello/production/key").size() == 32);
  const StackFolder other;
  CHECK(hmac_sha256(other.stack.key().value(), "x").hex() != fingerprints[0]);

  folder.scratch.write(".deployctl/stacks/hello/production/key", "short");
  CHECK(folder.stack.key().error().cause == Cause::config);
}

TEST_CASE("cell: empty before its first use, then what was swapped in") {
  const StackFolder folder;
  const CellFile file = folder.stack.cell();
  const auto empty = file.read();
  REQUIRE(empty);
  CHECK(empty->version.empty());
  CHECK(empty->cell.stack == "hello/production");
  CHECK(empty->cell.epoch == 0);

  Cell cell = empty->cell;
  cell.epoch = 3;
  cell.current_release = "01J0000000000000000000REL1";
  cell.release_number = 12;
  cell.pending_run = "01J0000000000000000000RUN1";
  cell.holder = holder();
  REQUIRE(file.cas(cell, "") == CasResult::ok);
  const auto stored = file.read();
  REQUIRE(stored);
  CHECK_FALSE(stored->cell.nonce.empty());
  cell.nonce = stored->cell.nonce;
  CHECK(stored->cell == cell);
  CHECK(mode_of(file.path()) == 0600);
}

TEST_CASE("cell: a swap fits only the version it was read with") {
  const StackFolder folder;
  const CellFile file = folder.stack.cell();
  REQUIRE(file.cas({}, "") == CasResult::ok);
  const auto first = file.read();
  CHECK(file.cas(first->cell, "") == CasResult::conflict);
  // Equal content is another version: the nonce is new.
  REQUIRE(file.cas(first->cell, first->version) == CasResult::ok);
  CHECK(file.cas(first->cell, first->version) == CasResult::conflict);
  CHECK(file.read()->version != first->version);
}

TEST_CASE("cell: no update of many processes is lost") {
  const StackFolder folder;
  constexpr int processes = 4;
  constexpr int updates = 25;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      bool good = true;
      for (int i = 0; i < updates; ++i) {
        // update_cell gives up after 16 conflicts in a row; whoever wants more asks again.
        bool done = false;
        for (int attempt = 0; attempt < 100 && !done; ++attempt)
          done = update_cell(folder.stack.cell(), [](Cell& cell) -> Status {
                   ++cell.epoch;
                   return {};
                 }).has_value();
        good = good && done;
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(folder.cell().epoch == processes * updates);
}

TEST_CASE("cell: another stack's, a newer format and damage are refused by name") {
  const StackFolder folder;
  const CellFile file = folder.stack.cell();
  const std::string name = ".deployctl/stacks/hello/production/cell.json";
  REQUIRE(file.cas({}, "") == CasResult::ok);
  const std::string good = folder.scratch.read(name);
  const auto refused = [&](const std::string& text) {
    folder.scratch.write(name, text);
    const auto read = file.read();
    REQUIRE_FALSE(read);
    return read.error().message;
  };
  const auto replaced = [&](const std::string& what, const std::string& with) {
    std::string text = good;
    text.replace(text.find(what), what.size(), with);
    return text;
  };
  CHECK_THAT(refused(replaced("hello/production", "hello/staging")), Catch::Contains("'hello/staging'"));
  CHECK_THAT(refused(replaced("\"format\": 1", "\"format\": 2")), Catch::Contains("format 2 is newer"));
  CHECK_THAT(refused(replaced("\"epoch\"", "\"epoca\"")), Catch::Contains("'epoch' is missing"));
  CHECK_THAT(refused(replaced("\"epoch\": 0", "\"epoch\": 0, \"more\": 1")),
             Catch::Contains("unknown field 'more'"));
  CHECK_THAT(refused(replaced("\"epoch\": 0", "\"epoch\": \"0\"")),
             Catch::Contains("'epoch' is not a whole number"));
  refused(good.substr(0, good.size() / 2));
  refused("");
}

TEST_CASE("cell: stays within its limit") {
  const StackFolder folder;
  Cell cell;
  cell.pending_run = std::string(cell_limit, 'x');
  CHECK(folder.stack.cell().cas(cell, "").error().cause == Cause::capacity);
}

TEST_CASE("cell: an update that refuses changes nothing") {
  const StackFolder folder;
  const auto refused =
      update_cell(folder.stack.cell(), [](Cell&) -> Status { return fail(Cause::policy, "no"); });
  CHECK(refused.error().message == "no");
  CHECK(folder.stack.cell().read()->version.empty());
}

TEST_CASE("audit log: one line a decision, in order, with any text in it") {
  const StackFolder folder;
  CHECK(read_audit(folder.stack.directory())->empty());
  for (int i = 0; i < 3; ++i)
    REQUIRE(append_audit(folder.stack.directory(), {.time = std::to_string(i),
                                                    .user = "ann",
                                                    .what = "lock",
                                                    .reason = "a\n\"b\"",
                                                    .subject = Value::Map{{"n", i}}}));
  const auto entries = read_audit(folder.stack.directory());
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[2].time == "2");
  CHECK((*entries)[2].reason == "a\n\"b\"");
  CHECK((*entries)[2].subject == Value(Value::Map{{"n", 2}}));
}

TEST_CASE("local state: the disk under it is told apart") {
  const StackFolder folder;
  for (const std::string& warning : folder.local.warnings())
    CHECK_THAT(warning, Catch::Contains(folder.local.directory()));
  if (std::filesystem::is_directory("/dev/shm")) {
    SystemRandom random;
    const auto directory = os::TemporaryDirectory::create("/dev/shm", "deployctl-test-");
    REQUIRE(directory);
    const auto state = LocalState::open(directory->path(), random);
    REQUIRE(state);
    REQUIRE(state->warnings().size() == 1);
    CHECK_THAT(state->warnings()[0], Catch::Contains("tmpfs"));
  }
}
