#include "engine/notice_history.hpp"

#include "base/members.hpp"

namespace deployctl::engine {

NoticeHistory notice_history(const state::JournalContent& journal) {
  NoticeHistory history;
  for (const state::Record& record : journal.records) {
    if (record.type != state::RecordType::decision) continue;
    const std::string what = text_at(record.payload, "what");
    if (what == notice_told)
      history[text_at(record.payload, "by")].events.insert(text_at(record.payload, "why"));
    if (what == notice_named)
      history[text_at(record.payload, "by")].remote_ids.push_back(text_at(record.payload, "why"));
  }
  return history;
}

} // namespace deployctl::engine
