// `notify:` messages about a run. They inform: nothing they do can fail a run or hold it up. An event of a
// run is told at most once, also when the run goes on in another process: that it is going to be told is
// written down first, and how a run ended is told when its record is complete.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "engine/notice_history.hpp"
#include "engine/notice_queue.hpp"
#include "engine/notice_words.hpp"
#include "engine/planning.hpp"
#include "engine/run_journal.hpp"

namespace deployctl::engine {

class Notices {
public:
  struct Parts {
    const Environment& environment;
    Planning& planning;
    const config::Pipeline& pipeline;
    const plan::Plan& plan;
    std::string run = {};          // empty: none was begun
    RunJournal* journal = nullptr; // of the run, if one was begun
    std::string started_at = {};   // of a run that goes on; empty: now
    NoticeHistory told = {};       // by earlier processes of this run
  };

  explicit Notices(const Parts& parts);
  ~Notices();
  Notices(const Notices&) = delete;
  Notices& operator=(const Notices&) = delete;

  void started();
  void waits(const Ending& ending);
  // What the run came to: the last messages. Waits for them, at most `longest_wait` in all, and tells as
  // events what became of each.
  void ended(const Ending& ending);

  static constexpr std::chrono::seconds longest_wait{10};

private:
  struct Line; // one notice: its messages in order, and what its receiver calls them

  void tell(std::string_view event, const Ending& ending);
  Status write_down(const Line& line, const std::string& event);
  void queue(Line& line, Event about);
  Status send(Line& line, Event about, const std::stop_token& stop);
  void finish();
  void report(const std::string& action, const NoticeOutcome& outcome);

  Parts parts_;
  NoticeSubject subject_;
  std::vector<std::unique_ptr<Line>> lines_;
};

} // namespace deployctl::engine
