#include "engine/output_lines.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/byte_count.hpp"

namespace deployctl::engine {

namespace {

constexpr std::uint64_t least_step = 256U << 10;
constexpr std::uint64_t step_of_unknown = 8U << 20;

std::int64_t number(std::uint64_t bytes) {
  return static_cast<std::int64_t>(bytes);
}

} // namespace

bool OutputLines::is_worth_telling(const TransferProgress& progress) {
  const std::lock_guard lock(mutex_);
  const bool is_new = progress.what != told_what_;
  const bool is_end = progress.total > 0 && progress.done >= progress.total;
  const std::uint64_t step =
      progress.total == 0 ? step_of_unknown : std::max(least_step, progress.total / 100);
  if (!is_new && progress.done < told_ + step && !(is_end && told_ < progress.total)) return false;
  told_what_ = progress.what;
  told_ = progress.done;
  return true;
}

void OutputLines::progress(const TransferProgress& progress) {
  if (!is_worth_telling(progress)) return;
  const std::string share =
      progress.total == 0 ? bytes_text(progress.done) : bytes_share_text(progress.done, progress.total);
  events_.emit({.type = "stage_progress",
                .message = fmt::format("{} {}", progress.what, share),
                .step = step_,
                .target = target_,
                .fields = Value::Map{{"what", progress.what},
                                     {"done", number(progress.done)},
                                     {"total", number(progress.total)},
                                     {"unit", "bytes"}}});
}

} // namespace deployctl::engine
