#include "state/journal_format.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "state/fields.hpp"
#include "state/journal_frame.hpp"

namespace deployctl::state {
namespace {

tl::unexpected<Error> damaged(std::uint64_t offset, std::string_view why) {
  return fail(Cause::config, fmt::format("the journal is damaged at byte {}: {}", offset, why),
              "nothing was changed; restore the file from a copy");
}

Result<Record> record_of(const Frame& frame, std::uint64_t offset) {
  auto payload = parse_json(frame.payload, JsonMode::contract, {.bytes = frame_limit});
  // The checksum was right, so this was written like that.
  if (!payload || !payload->map()) return damaged(offset, "a record is not a JSON object");
  return Record{static_cast<RecordType>(frame.type), *std::move(payload)};
}

// A bad frame is a write that did not complete if nothing that was written after it is whole; frames of the
// same append do not count, their pages may reach the disk in any order.
Result<TornTail> judge_bad_frame(std::string_view bytes, const FrameResult& bad, std::uint64_t offset,
                                 std::uint64_t last) {
  if (bad.state == FrameState::wrong_chain && !bad.chain_is_partial)
    return damaged(offset, "a record does not continue the one before it");
  const auto later = find_later_append(bytes.substr(0, last), offset + 1);
  if (!later) return damaged(offset, "what follows is too tangled to be a write that did not complete");
  if (*later) return damaged(offset, fmt::format("a record behind it, at byte {}, is whole", **later));
  return TornTail{.offset = offset, .bytes = last - offset};
}

Status take_header(const Frame& frame, JournalContent& out) {
  if (frame.type != static_cast<std::uint8_t>(RecordType::header))
    return damaged(magic.size(), "the first record is not a header");
  DEPLOYCTL_TRY(const Record record, record_of(frame, magic.size()));
  DEPLOYCTL_TRY(out.header, journal_header_from(record.payload));
  out.newer = out.header.format > journal_format;
  return {};
}

std::uint64_t last_byte_in_use(std::string_view bytes) {
  const std::size_t at = bytes.find_last_not_of('\0');
  return at == std::string_view::npos ? 0 : at + 1;
}

} // namespace

const RecordTypeInfo* find_record_type(RecordType type) {
  const auto* found = std::find_if(record_types.begin(), record_types.end(),
                                   [&](const auto& row) { return row.type == type; });
  return found == record_types.end() ? nullptr : found;
}

Value to_value(const JournalHeader& header) {
  return Value::Map{{"format", header.format},        {"run", header.run},
                    {"stack", header.stack},          {"tool", header.tool},
                    {"epoch", header.epoch},          {"plan_digest", header.plan_digest},
                    {"created_at", header.created_at}};
}

Result<JournalHeader> journal_header_from(const Value& value) {
  JournalHeader header;
  Fields fields(value, "journal header");
  fields.read("format", header.format)
      .read("run", header.run)
      .read("stack", header.stack)
      .read("tool", header.tool);
  fields.read("epoch", header.epoch)
      .read("plan_digest", header.plan_digest)
      .read("created_at", header.created_at);
  const Status status = fields.finish();
  // A newer format may have more fields; it is shown, not resumed.
  if (!status && header.format <= journal_format) return fail(status.error());
  return header;
}

std::string journal_start(const JournalHeader& header, Chain& chain) {
  chain = sha256(magic).bytes;
  const std::string payload = to_json(to_value(header));
  return std::string(magic) + encode_frame(static_cast<std::uint8_t>(RecordType::header), payload, chain);
}

Result<std::string> encode_frames(const std::vector<Record>& records, Chain& chain) {
  std::string bytes;
  Chain next = chain;
  for (const Record& record : records) {
    if (!record.payload.map()) return fail(Cause::internal, "the payload of a journal record is not a map");
    const std::string payload = to_json(record.payload);
    if (payload.size() > frame_limit)
      return fail(Cause::capacity,
                  fmt::format("a journal record of {} bytes is larger than {}", payload.size(), frame_limit));
    const auto type = static_cast<std::uint8_t>(record.type);
    bytes +=
        encode_frame(bytes.empty() ? type : static_cast<std::uint8_t>(type | same_append), payload, next);
  }
  chain = next;
  return bytes;
}

namespace {

Status check_magic(std::string_view bytes) {
  if (bytes.substr(0, magic.size()) == magic) return {};
  if (bytes.substr(0, layout_at) == magic.substr(0, layout_at) && bytes.size() > layout_at)
    return fail(Cause::config, "the journal has a layout that this version does not read",
                "use a newer version of deployctl");
  return fail(Cause::config, "this is not a journal, or its first bytes are damaged");
}

// Frame by frame into `out`, which holds what could be read also when this fails.
Status read_frames(std::string_view bytes, JournalContent& out) {
  const std::uint64_t last = last_byte_in_use(bytes);
  while (out.end < last || out.end == magic.size()) {
    const bool first = out.end == magic.size();
    const FrameResult result = read_frame(bytes, out.end, out.chain);
    if (result.state != FrameState::whole) {
      if (first) return damaged(out.end, "its header is not whole");
      DEPLOYCTL_TRY(out.torn, judge_bad_frame(bytes, result, out.end, last));
      return {};
    }
    if (first) {
      DEPLOYCTL_CHECK(take_header(result.frame, out));
    } else {
      DEPLOYCTL_TRY(Record record, record_of(result.frame, out.end));
      out.newer = out.newer || !find_record_type(record.type);
      out.records.push_back(std::move(record));
    }
    out.end += result.frame.size;
    out.chain = result.frame.chain;
  }
  return {};
}

} // namespace

Result<JournalContent> decode_journal(std::string_view bytes) {
  DEPLOYCTL_CHECK(check_magic(bytes));
  JournalContent out{.end = magic.size(), .chain = sha256(magic).bytes};
  DEPLOYCTL_CHECK(read_frames(bytes, out));
  return out;
}

Result<JournalContent> salvage_journal_bytes(std::string_view bytes) {
  DEPLOYCTL_CHECK(check_magic(bytes));
  JournalContent out{.end = magic.size(), .chain = sha256(magic).bytes};
  const Status read = read_frames(bytes, out);
  if (!read && out.end == magic.size()) return fail(read.error()); // not even its header
  return out;
}

} // namespace deployctl::state
