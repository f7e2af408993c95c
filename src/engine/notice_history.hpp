// What earlier processes of a run told, by its journal: by entry of `notify` ("0 slack.message") the events
// that were told and what their receiver calls the messages. Reading only; notices.hpp writes them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "state/journal_format.hpp"

namespace deployctl::engine {

// How the journal's decisions about notices are called.
inline constexpr const char* notice_told = "notice";     // by: which, why: the event
inline constexpr const char* notice_named = "notice_id"; // by: which, why: the receiver's name for it

struct ToldEvents {
  std::set<std::string> events;
  std::vector<std::string> remote_ids;
};
using NoticeHistory = std::map<std::string, ToldEvents>;

NoticeHistory notice_history(const state::JournalContent& journal);

} // namespace deployctl::engine
