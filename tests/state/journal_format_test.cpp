#include "state/journal_format.hpp"

#include "os/files.hpp"
#include "state/sample_journal.hpp"

using namespace deployctl;
using namespace deployctl::state;
using namespace deployctl::test;

TEST_CASE("journal: what was written is read, with or without reserved space behind it") {
  const SampleJournal journal = sample_journal();
  for (const std::size_t zeros : {0U, 1U, 4096U}) {
    const auto content = decode_journal(journal.bytes + std::string(zeros, '\0'));
    REQUIRE(content);
    CHECK(content->header.run == "01J0000000000000000000RUN1");
    CHECK(content->header.stack == "hello/production");
    CHECK(content->header.epoch == 7);
    CHECK(same(content->records, records_of(journal, 4)));
    CHECK_FALSE(content->torn);
    CHECK_FALSE(content->newer);
    CHECK(content->end == journal.bytes.size());
  }
}

TEST_CASE("journal: cut anywhere behind its header it keeps every record that is whole") {
  const SampleJournal journal = sample_journal();
  const auto all = records_of(journal, 4);
  for (std::size_t size = 0; size < journal.bytes.size(); ++size) {
    for (const std::size_t zeros : {0U, 4096U}) {
      INFO("cut at " << size << ", zeros " << zeros);
      const auto content = decode_journal(journal.bytes.substr(0, size) + std::string(zeros, '\0'));
      if (size < journal.ends[0]) {
        // create() shows the file only once its header is durable. A header whose last bytes are zeros is
        // whole.
        if (content) CHECK(journal.bytes.find_first_not_of('\0', size) >= journal.ends[0]);
        continue;
      }
      REQUIRE(content);
      CHECK(is_beginning(content->records, all));
      std::size_t appends = 0;
      while (appends + 1 < journal.ends.size() && journal.ends[appends + 1] <= size) ++appends;
      CHECK(is_beginning(records_of(journal, appends), content->records));
      CHECK(content->end <= size + zeros);
      if (content->torn) CHECK(content->torn->offset == content->end);
      const bool at_a_border =
          std::find(journal.ends.begin(), journal.ends.end(), size) != journal.ends.end();
      if (at_a_border) CHECK_FALSE(content->torn);
    }
  }
}

TEST_CASE("journal: a torn tail can be cut off, and the journal then goes on") {
  const SampleJournal journal = sample_journal();
  const std::string torn = journal.bytes.substr(0, journal.ends[2] - 3);
  auto content = decode_journal(torn);
  REQUIRE(content);
  REQUIRE(content->torn);
  CHECK(content->torn->offset == journal.ends[1]);
  CHECK(content->torn->bytes == torn.size() - journal.ends[1]);
  std::string mended = torn.substr(0, content->end);
  mended += encode_frames({{RecordType::signal, Value::Map{{"name", "INT"}}}}, content->chain).value();
  content = decode_journal(mended);
  REQUIRE(content);
  CHECK_FALSE(content->torn);
  CHECK(content->records.size() == 2);
}

TEST_CASE("journal: any flipped bit is found, and only in the last append may it pass for a torn write") {
  const SampleJournal journal = sample_journal();
  const auto all = records_of(journal, 4);
  const std::uint64_t last_append = journal.ends[3];
  for (std::size_t at = 0; at < journal.bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      INFO("byte " << at << ", bit " << bit);
      std::string bytes = journal.bytes;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      const auto content = decode_journal(bytes);
      if (at < last_append) {
        REQUIRE_FALSE(content);
        CHECK(content.error().cause == Cause::config);
      } else if (content) {
        CHECK(content->torn);
        CHECK(same(content->records, records_of(journal, 3)));
      }
    }
  }
}

TEST_CASE("journal: damage names the byte where it begins") {
  const SampleJournal journal = sample_journal();
  std::string bytes = journal.bytes;
  bytes[journal.ends[1] + 8] ^= 1;
  const auto content = decode_journal(bytes);
  REQUIRE_FALSE(content);
  CHECK_THAT(content.error().message, Catch::Contains("at byte " + std::to_string(journal.ends[1]) + ":"));
  CHECK_THAT(content.error().message,
             Catch::Contains("at byte " + std::to_string(journal.ends[2]) + ", is whole"));
}

TEST_CASE("journal: pages of one append may reach the disk in any order") {
  const SampleJournal journal = sample_journal();
  // The third append holds three records. Its first one is lost, the others are there, and nothing was
  // written behind.
  std::string bytes = journal.bytes.substr(0, journal.ends[3]);
  const std::size_t first = encode_frames({journal.appends[2][0]}, *std::make_unique<Chain>())->size();
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(journal.ends[2]), first, '\0');
  const auto content = decode_journal(bytes);
  REQUIRE(content);
  REQUIRE(content->torn);
  CHECK(same(content->records, records_of(journal, 2)));
  // With a later append behind it the same hole is damage: that append began when this one was durable.
  std::string longer = journal.bytes;
  std::fill_n(longer.begin() + static_cast<std::ptrdiff_t>(journal.ends[2]), first, '\0');
  CHECK_FALSE(decode_journal(longer));
}

TEST_CASE("journal: records cannot be left out, swapped, repeated or taken from another journal") {
  const SampleJournal journal = sample_journal();
  const auto piece = [&](std::size_t append) {
    return journal.bytes.substr(journal.ends[append], journal.ends[append + 1] - journal.ends[append]);
  };
  const std::string start = journal.bytes.substr(0, journal.ends[0]);
  CHECK(decode_journal(start + piece(0) + piece(1) + piece(2) + piece(3)));
  CHECK_FALSE(decode_journal(start + piece(0) + piece(2) + piece(3)));
  CHECK_FALSE(decode_journal(start + piece(1) + piece(0) + piece(2) + piece(3)));
  CHECK_FALSE(decode_journal(start + piece(0) + piece(0) + piece(1)));
  // Also as the last record, where a wrong checksum would pass for a torn write.
  CHECK_FALSE(decode_journal(start + piece(1)));

  JournalHeader other = sample_header();
  other.epoch = 8;
  Chain chain{};
  const std::string foreign = journal_start(other, chain);
  CHECK_FALSE(decode_journal(foreign + piece(0)));
  CHECK_FALSE(decode_journal(start + foreign.substr(magic.size()) + piece(0)));
}

TEST_CASE("journal: records and formats of a newer version may be looked at") {
  Chain chain{};
  std::string bytes = journal_start(sample_header(), chain);
  bytes += encode_frames({{static_cast<RecordType>(99), Value::Map{{"what", "unheard of"}}}}, chain).value();
  const auto content = decode_journal(bytes);
  REQUIRE(content);
  CHECK(content->newer);
  REQUIRE(content->records.size() == 1);
  CHECK(find_record_type(content->records[0].type) == nullptr);

  JournalHeader header = sample_header();
  header.format = 2;
  const auto newer = decode_journal(journal_start(header, chain));
  REQUIRE(newer);
  CHECK(newer->newer);

  std::string layout = journal_start(sample_header(), chain);
  layout[layout_at] = 2;
  CHECK_THAT(decode_journal(layout).error().message, Catch::Contains("layout"));
}

TEST_CASE("journal: what is no journal is refused") {
  for (const std::string& bytes :
       {std::string(), std::string(4096, '\0'), std::string("{}"), std::string(magic)}) {
    INFO(bytes.size());
    CHECK_FALSE(decode_journal(bytes));
  }
}

TEST_CASE("journal: a payload is a map of bounded size, and a refused append leaves the chain alone") {
  Chain chain{};
  std::string bytes = journal_start(sample_header(), chain);
  const Chain before = chain;
  CHECK_FALSE(encode_frames({{RecordType::undo, Value("text")}}, chain));
  const std::string large(frame_limit, 'x');
  CHECK(encode_frames({{RecordType::undo, Value::Map{{"data", large}}}}, chain).error().cause ==
        Cause::capacity);
  CHECK(chain == before);
}

TEST_CASE("journal: many record beginnings in a damaged tail do not take forever") {
  Chain chain{};
  std::string bytes = journal_start(sample_header(), chain);
  std::string tail;
  const std::string beginning{'\x08', '\0', '\1', '\0', '\1', '{'}; // 65,544 bytes, which end in '}'
  while (tail.size() < (1U << 20)) tail += beginning + std::string(10, '}');
  const auto content = decode_journal(bytes + "x" + tail);
  CHECK_FALSE(content);
}

TEST_CASE("journal: every record type has a name and a sentence, and numbers stay below the flag") {
  for (const RecordTypeInfo& row : record_types) {
    CHECK(static_cast<int>(row.type) < same_append);
    CHECK_FALSE(row.help.empty());
    CHECK(find_record_type(row.type) == &row);
  }
}

TEST_CASE("journal: its page in docs names every record type as the table does") {
  const auto page = os::read_file("docs/journal-format.md", 1U << 20);
  REQUIRE(page);
  for (const RecordTypeInfo& row : record_types) {
    const std::string line = "| " + std::to_string(static_cast<int>(row.type)) + " | `" +
                             std::string(row.name) + "` | " + std::string(row.help) + " |\n";
    CHECK_THAT(*page, Catch::Contains(line));
  }
}
