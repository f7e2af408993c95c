#include "docker/log_lines.hpp"

#include <algorithm>
#include <chrono>

#include "base/strings.hpp"
#include "base/time.hpp"

namespace deployctl::docker {
namespace {

// "2026-03-14T09:26:53.589123456Z": of one length, so that texts compare as times do.
constexpr std::size_t time_size = 30;

bool is_time(std::string_view text) {
  return text.size() == time_size && text[4] == '-' && text[10] == 'T' && text[19] == '.' &&
         text.back() == 'Z';
}

} // namespace

std::string LogLines::begin() {
  known_ = last_;
  out_.emplace([this](std::string_view text) { line(Stream::out, text); });
  err_.emplace([this](std::string_view text) { line(Stream::err, text); });
  stream_.emplace(
      [this](Stream stream, std::string_view bytes) { (stream == Stream::out ? out_ : err_)->feed(bytes); });
  const auto time = parse_time(known_);
  if (!time) return {};
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count());
}

Status LogLines::take(std::string_view bytes) {
  return stream_->feed(bytes);
}

void LogLines::end() {
  if (out_) out_->finish();
  if (err_) err_->finish();
}

void LogLines::line(Stream stream, std::string_view text) {
  const std::string_view time = text.substr(0, std::min(text.find(' '), text.size()));
  if (is_time(time)) {
    if (time <= known_) return;
    last_ = std::max(last_, std::string(time));
    text.remove_prefix(std::min(time.size() + 1, text.size()));
  }
  consumer_(stream, text);
}

} // namespace deployctl::docker
