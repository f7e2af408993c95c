// What went wrong, as a value: one cause class, one sentence, and where it happened.
// Errors are rendered once, by `ui`; nothing else prints them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/span.hpp>

namespace deployctl {

// One vocabulary for every provider (architecture: cause classes).
enum class Cause {
  config,
  auth,
  permission,
  not_found,
  image_missing,
  image_arch,
  command_failed,
  crash_loop,
  out_of_memory,
  probe_failing,
  gate_failed,
  policy,
  capacity,
  quota,
  throttled,
  network,
  tls,
  timeout,
  conflict,
  superseded,
  cancelled,
  internal,
};

inline constexpr std::array<std::string_view, 22> cause_names = {
    "config",         "auth",       "permission",    "not_found",     "image_missing", "image_arch",
    "command_failed", "crash_loop", "out_of_memory", "probe_failing", "gate_failed",   "policy",
    "capacity",       "quota",      "throttled",     "network",       "tls",           "timeout",
    "conflict",       "superseded", "cancelled",     "internal",
};

constexpr std::string_view to_text(Cause cause) {
  return cause_names.at(static_cast<std::size_t>(cause));
}

constexpr std::optional<Cause> cause_from_text(std::string_view text) {
  for (std::size_t i = 0; i < cause_names.size(); ++i)
    if (cause_names.at(i) == text) return static_cast<Cause>(i);
  return std::nullopt;
}

struct Error {
  Cause cause = Cause::internal;
  std::string message;               // lower case, no full stop, the values that disagree
  std::string help;                  // what to change or run next; empty if there is nothing sure to say
  std::optional<Span> span;          // where in the pipeline, when that is known
  std::vector<std::string> frames;   // innermost first: "while uploading 'app.tar'"
  std::vector<std::string> evidence; // lines the world gave: last output, status, body
  bool retryable = false;

  [[nodiscard]] Error in(std::string frame) && {
    frames.push_back(std::move(frame));
    return std::move(*this);
  }
  [[nodiscard]] Error at(Span where) && {
    if (!span) span = where;
    return std::move(*this);
  }
};

} // namespace deployctl
