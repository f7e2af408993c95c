// Bytes of one transfer over time: how far, how fast over the last seconds, how long it will take. It only
// grows, however late parallel parts report.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "ui/tty/facts.hpp"

namespace deployctl::ui::tty {

class TransferRate {
public:
  TransferRate(std::string what, std::chrono::nanoseconds now) : what_(std::move(what)), samples_{{now, 0}} {}

  void report(std::uint64_t done, std::uint64_t total, std::chrono::nanoseconds now);

  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] std::uint64_t done() const { return samples_.back().done; }
  [[nodiscard]] std::uint64_t total() const { return total_; } // 0: not known
  [[nodiscard]] bool is_whole() const { return total_ > 0 && done() >= total_; }
  [[nodiscard]] std::optional<double> bytes_per_second(std::chrono::nanoseconds now) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> left(std::chrono::nanoseconds now) const;

private:
  struct Sample {
    std::chrono::nanoseconds at;
    std::uint64_t done;
  };
  static constexpr std::chrono::seconds window{10};

  std::string what_;
  std::uint64_t total_ = 0;
  std::deque<Sample> samples_; // of the window, and the one before it
};

// "upload 12.3 of 40.0 MiB, 30 %, 4.1 MiB/s, 7 s left"
Facts transfer_facts(const TransferRate& transfer, std::chrono::nanoseconds now);

} // namespace deployctl::ui::tty
