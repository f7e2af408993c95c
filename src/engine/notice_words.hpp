// What a notice says about a run: the facts of one event, and the sentence that people read. Pure; sending
// is notices.hpp.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <deployctl/event.hpp>

#include "config/pipeline.hpp"
#include "engine/engine.hpp"

namespace deployctl::engine {

// What is the same for all events of a run.
struct NoticeSubject {
  const config::Pipeline& pipeline;
  const plan::Plan& plan;
  std::string run; // empty: none was begun
  std::string started_at;
  std::string by;
  std::string job; // address of the CI job; empty outside CI
  std::string previous_version;
  std::string previous_commit;
};

// "succeeded", "failed", "rolled_back", "approval", or nothing: an interrupted run tells when it goes on.
std::string_view event_of(const Ending& ending);

// `now`: RFC 3339. Its fields are what providers and ${event.NAME} know.
Event notice_event(const NoticeSubject& subject, std::string_view event, const Ending& ending,
                   const std::string& now);

// The inputs of a notice with what they ask of the event filled in.
Result<Value> inputs_about(const Value& inputs, const Event& event);

} // namespace deployctl::engine
