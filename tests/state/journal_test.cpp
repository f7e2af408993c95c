#include "state/journal.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>

#include "os/scratch.hpp"
#include "state/sample_journal.hpp"

using namespace deployctl;
using namespace deployctl::state;
using namespace deployctl::test;

namespace {

// Fails the n-th call, counted from 1, with the words the kernel would use.
class FaultyFile final : public os::AppendFile {
public:
  enum class Call { append, sync };
  FaultyFile(std::string& bytes, Call call, int at, int code)
      : bytes_(bytes), call_(call), at_(at), code_(code) {}

  Status append(std::string_view bytes) override {
    if (fails(Call::append)) return fail(os::system_error("cannot write", "journal", code_));
    bytes_ += bytes;
    return {};
  }
  Status sync() override {
    if (fails(Call::sync)) return fail(os::system_error("cannot sync", "journal", code_));
    return {};
  }
  Status finish() override { return {}; }

private:
  bool fails(Call call) { return call == call_ && --at_ == 0; }

  std::string& bytes_;
  Call call_;
  int at_;
  int code_;
};

Value numbered(int number) {
  return Value::Map{{"number", number}};
}

std::uintmax_t size_of(const std::string& path) {
  return std::filesystem::file_size(path);
}

} // namespace

TEST_CASE("journal file: created, appended, read while open, and shortened at the end") {
  const Scratch scratch;
  const std::string path = scratch.path("run.journal");
  auto writer = JournalWriter::create(path, sample_header());
  REQUIRE(writer);
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(size_of(path) == os::append_step);

  for (int i = 0; i < 100; ++i) REQUIRE((*writer)->append(RecordType::outcome, numbered(i)));
  auto content = read_journal(path);
  REQUIRE(content);
  CHECK(content->records.size() == 100);
  CHECK(content->records[99].payload == numbered(99));
  CHECK_FALSE(content->torn);

  REQUIRE((*writer)->finish());
  CHECK(size_of(path) == content->end);
  CHECK(read_journal(path)->records.size() == 100);
  CHECK((*writer)->append(RecordType::signal, numbered(0)).error().cause == Cause::internal);
  // Nothing else is left in the folder.
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

TEST_CASE("journal file: an existing journal is never overwritten") {
  const Scratch scratch;
  REQUIRE(JournalWriter::create(scratch.path("run.journal"), sample_header()));
  const std::string before = scratch.read("run.journal");
  const auto again = JournalWriter::create(scratch.path("run.journal"), sample_header());
  REQUIRE_FALSE(again);
  CHECK(again.error().cause == Cause::conflict);
  CHECK(scratch.read("run.journal") == before);
  CHECK_FALSE(JournalWriter::create(scratch.path("missing/run.journal"), sample_header()));
}

TEST_CASE("journal file: grows over its reserved space") {
  const Scratch scratch;
  auto writer = JournalWriter::create(scratch.path("run.journal"), sample_header());
  REQUIRE(writer);
  const Value large(Value::Map{{"data", std::string(700'000, 'x')}});
  for (int i = 0; i < 4; ++i) REQUIRE((*writer)->append(RecordType::outcome, large));
  const auto content = read_journal(scratch.path("run.journal"));
  REQUIRE(content);
  CHECK(content->records.size() == 4);
  CHECK(size_of(scratch.path("run.journal")) == 3 * os::append_step);
}

TEST_CASE("journal file: resuming keeps a torn tail aside and goes on behind the last record") {
  const Scratch scratch;
  const SampleJournal journal = sample_journal();
  const std::string torn = journal.bytes.substr(0, journal.ends[3] - 5);
  scratch.write("run.journal", torn + std::string(1000, '\0'));
  const auto before = read_journal(scratch.path("run.journal"));
  REQUIRE(before);
  REQUIRE(before->torn);

  auto writer = JournalWriter::resume(scratch.path("run.journal"));
  REQUIRE(writer);
  CHECK(scratch.read("run.journal.torn") == torn.substr(before->end));
  REQUIRE((*writer)->append(RecordType::decision, numbered(1)));
  const auto after = read_journal(scratch.path("run.journal"));
  REQUIRE(after);
  CHECK_FALSE(after->torn);
  REQUIRE(after->records.size() == before->records.size() + 1);
  CHECK(after->records.back().type == RecordType::decision);
}

TEST_CASE("journal file: a damaged or newer journal is not resumed, and not touched") {
  const Scratch scratch;
  SampleJournal journal = sample_journal();
  journal.bytes[journal.ends[0] + 10] ^= 1;
  scratch.write("damaged.journal", journal.bytes);
  CHECK_FALSE(JournalWriter::resume(scratch.path("damaged.journal")));
  CHECK(scratch.read("damaged.journal") == journal.bytes);

  Chain chain{};
  JournalHeader header = sample_header();
  header.format = 2;
  header.tool = "9.9.9";
  scratch.write("newer.journal", journal_start(header, chain));
  const auto resumed = JournalWriter::resume(scratch.path("newer.journal"));
  REQUIRE_FALSE(resumed);
  CHECK_THAT(resumed.error().message, Catch::Contains("9.9.9"));
  CHECK(read_journal(scratch.path("newer.journal"))->newer);
  CHECK(read_journal(scratch.path("none")).error().cause == Cause::not_found);
}

TEST_CASE("journal file: after a failed write or sync nothing is written any more") {
  for (const auto call : {FaultyFile::Call::append, FaultyFile::Call::sync}) {
    for (const int code : {EIO, ENOSPC}) {
      for (int at = 1; at <= 3; ++at) {
        INFO("call " << static_cast<int>(call) << ", code " << code << ", at " << at);
        Chain chain{};
        std::string bytes = journal_start(sample_header(), chain);
        JournalWriter writer(std::make_unique<FaultyFile>(bytes, call, at, code), chain);
        for (int i = 1; i < at; ++i) REQUIRE(writer.append(RecordType::outcome, numbered(i)));
        CHECK_FALSE(writer.broken());
        const Status failed = writer.append(RecordType::outcome, numbered(at));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().cause == (code == ENOSPC ? Cause::capacity : Cause::internal));
        REQUIRE(writer.broken());

        const std::string then = bytes;
        const Status again = writer.append(RecordType::outcome, numbered(at + 1));
        REQUIRE_FALSE(again);
        CHECK(again.error().message == failed.error().message);
        CHECK_FALSE(writer.finish());
        CHECK(bytes == then);
        const auto content = decode_journal(bytes);
        REQUIRE(content);
        CHECK(content->records.size() ==
              static_cast<std::size_t>(call == FaultyFile::Call::sync ? at : at - 1));
      }
    }
  }
}

TEST_CASE("journal file: a full disk is found when the journal is created") {
  const Scratch scratch;
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { .rlim_cur = 4096, .rlim_max = before.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto writer = JournalWriter::create(scratch.path("run.journal"), sample_header());
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK_FALSE(writer);
  CHECK(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("journal file: many threads append whole records") {
  const Scratch scratch;
  auto writer = JournalWriter::create(scratch.path("run.journal"), sample_header());
  REQUIRE(writer);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 25; ++i)
          (void)(*writer)->append({{RecordType::intent, numbered(i)}, {RecordType::outcome, numbered(i)}});
      });
  }
  const auto content = read_journal(scratch.path("run.journal"));
  REQUIRE(content);
  REQUIRE(content->records.size() == 200);
  for (std::size_t i = 0; i < 200; i += 2) {
    CHECK(content->records[i].type == RecordType::intent);
    CHECK(content->records[i + 1].payload == content->records[i].payload);
  }
}
