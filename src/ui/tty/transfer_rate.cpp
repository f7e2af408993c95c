#include "ui/tty/transfer_rate.hpp"

#include <algorithm>

#include "base/byte_count.hpp"
#include "base/time.hpp"

namespace deployctl::ui::tty {
namespace {

int percent(const TransferRate& transfer) {
  const double share = static_cast<double>(transfer.done()) / static_cast<double>(transfer.total());
  return std::min(100, static_cast<int>(share * 100));
}

} // namespace

void TransferRate::report(std::uint64_t done, std::uint64_t total, std::chrono::nanoseconds now) {
  total_ = std::max(total_, total);
  samples_.push_back({now, std::max(done, samples_.back().done)});
  while (samples_.size() > 2 && samples_[1].at + window < now) samples_.pop_front();
}

std::optional<double> TransferRate::bytes_per_second(std::chrono::nanoseconds now) const {
  const std::chrono::duration<double> passed = now - samples_.front().at;
  if (passed < std::chrono::seconds(1)) return std::nullopt; // a first burst into a buffer says nothing
  return static_cast<double>(done() - samples_.front().done) / passed.count();
}

std::optional<std::chrono::milliseconds> TransferRate::left(std::chrono::nanoseconds now) const {
  const auto rate = bytes_per_second(now);
  if (!rate || *rate < 1 || total_ == 0 || is_whole()) return std::nullopt;
  const double seconds = static_cast<double>(total_ - done()) / *rate;
  constexpr double longest = 100.0 * 3600;
  if (seconds > longest) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Facts transfer_facts(const TransferRate& transfer, std::chrono::nanoseconds now) {
  const bool is_bounded = transfer.total() > 0;
  Facts facts = {{.text = transfer.what() + " " +
                          (is_bounded ? bytes_share_text(transfer.done(), transfer.total())
                                      : bytes_text(transfer.done()))}};
  if (is_bounded) facts.push_back({.text = std::to_string(percent(transfer)) + " %", .rank = 3});
  if (const auto rate = transfer.bytes_per_second(now); rate && !transfer.is_whole())
    facts.push_back({.text = bytes_text(static_cast<std::uint64_t>(*rate)) + "/s", .rank = 2});
  if (const auto left = transfer.left(now)) facts.push_back({.text = format_age(*left) + " left", .rank = 1});
  return facts;
}

} // namespace deployctl::ui::tty
