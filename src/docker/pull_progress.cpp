#include "docker/pull_progress.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/members.hpp"
#include "docker/fault.hpp"

namespace deployctl::docker {
namespace {

constexpr std::size_t most_layers = 1000; // beyond them progress is not told

} // namespace

PullProgress::PullProgress(LineSink* output)
    : output_(output), lines_([this](std::string_view text) { line(text); }) {}

Status PullProgress::take(std::string_view bytes) {
  lines_.feed(bytes);
  return {};
}

Status PullProgress::finish() {
  lines_.finish();
  if (!error_) return {};
  return fail(error_of_words(*error_));
}

void PullProgress::line(std::string_view text) {
  const auto document = parse_json(text, JsonMode::plain);
  if (!document) return; // a word of the engine that says nothing to us
  if (std::string error = text_at(*document, "error"); !error.empty()) error_ = std::move(error);
  const Value* detail = document->find("progressDetail");
  const std::string id = text_at(*document, "id");
  if (!detail || id.empty() || text_at(*document, "status") != "Downloading") return;
  if (layers_.size() >= most_layers && !layers_.contains(id)) return;
  layers_[id] = {.done = std::max<std::int64_t>(0, number_at(*detail, "current").value_or(0)),
                 .total = std::max<std::int64_t>(0, number_at(*detail, "total").value_or(0))};
  tell();
}

void PullProgress::tell() const {
  if (!output_) return;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  for (const auto& [id, layer] : layers_) {
    done += static_cast<std::uint64_t>(layer.done);
    total += static_cast<std::uint64_t>(std::max(layer.done, layer.total));
  }
  output_->progress({.what = "pull", .done = done, .total = total});
}

} // namespace deployctl::docker
