// `notify:` messages about a run. They inform; nothing they do can fail a run.
#pragma once

#include <string_view>

#include "engine/engine.hpp"
#include "engine/planning.hpp"

namespace deployctl::engine {

class Notices {
public:
  Notices(const Environment& environment, Planning& planning, const config::Pipeline& pipeline)
      : environment_(environment), planning_(planning), pipeline_(pipeline) {}

  // `event`: "started", "approval", "succeeded", "failed", "rolled_back", ...
  void send(std::string_view event, const Ending& ending);

private:
  Status send_one(const config::NoticeUse& use, const Event& event);

  const Environment& environment_;
  Planning& planning_;
  const config::Pipeline& pipeline_;
};

} // namespace deployctl::engine
