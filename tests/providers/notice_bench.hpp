// A service on this machine that takes messages, and the events that notices are about. For tests of the
// providers of notices.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "net/loopback_server.hpp"
#include "providers/notice/makers.hpp"
#include "providers/workbench.hpp"

namespace deployctl::tests {

inline Event event_of(const std::string& name) {
  return {.type = "notice",
          .message = "shop/production: v1.4.2 " + name + " <now> & here",
          .fields = Value::Map{{"name", name},
                               {"operation", "apply"},
                               {"run", "01JRUN"},
                               {"version", "v1.4.2"},
                               {"commit", std::string(40, 'a')},
                               {"previous_commit", std::string(40, 'b')},
                               {"by", "ann@laptop"},
                               {"error", name == "failed" ? "port 80 is taken <by> nginx" : ""},
                               {"project", "shop"},
                               {"environment", "production"},
                               {"stack", "shop/production"},
                               {"started_at", "2026-03-14T09:26:00.000Z"},
                               {"ended_at", "2026-03-14T09:27:00.000Z"},
                               {"job", "https://ci.example.com/1"},
                               {"remote_ids", Value::List{}}},
          .time = "2026-03-14T09:27:00.000Z",
          .run = "01JRUN"};
}

// Answers in turn; the last answer stays.
struct NoticeService {
  explicit NoticeService(std::vector<Reply> answers)
      : replies(std::move(answers)), server([this](const Received&) {
          const std::lock_guard lock(mutex);
          const Reply reply = replies.front();
          if (replies.size() > 1) replies.erase(replies.begin());
          return reply;
        }) {}

  [[nodiscard]] Value body(std::size_t request) const {
    return parse_json(server.requests().at(request).body, JsonMode::plain).value();
  }
  [[nodiscard]] std::string target(std::size_t request) const {
    return server.requests().at(request).method + " " + server.requests().at(request).target;
  }

  std::mutex mutex;
  std::vector<Reply> replies; // guarded by mutex
  LoopbackServer server;
};

inline Reply json_reply(std::string body, int status = 200) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

inline std::string text_in(const Value& value, const std::string& path) {
  const Value* found = value.find_path(path);
  return found && found->text() ? *found->text() : "(none)";
}

} // namespace deployctl::tests
