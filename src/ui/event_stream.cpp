#include "ui/event_stream.hpp"

#include "base/time.hpp"
#include "ui/value_text.hpp"

namespace deployctl::ui {
namespace {

using Redact = std::function<std::string(std::string_view)>;

// Keys are names of our own fields; values may quote the world.
Value redacted(const Value& value, const Redact& redact) {
  if (const std::string* text = value.text()) return redact(*text);
  if (const Value::List* list = value.list()) {
    Value::List out;
    for (const Value& item : *list) out.push_back(redacted(item, redact));
    return out;
  }
  if (const Value::Map* map = value.map()) {
    Value::Map out;
    for (const auto& [key, item] : *map) out.emplace(redact(key), redacted(item, redact));
    return out;
  }
  return value;
}

} // namespace

EventStream::EventStream(const Clock& clock, StreamOptions options,
                         std::vector<std::unique_ptr<Renderer>> renderers)
    : clock_(clock), options_(std::move(options)), renderers_(std::move(renderers)) {
  emit({.type = "version",
        .message = "deployctl " + options_.tool + ", event format " + std::string(event_format),
        .fields = Value::Map{{"format", event_format}, {"tool", options_.tool}}});
}

void EventStream::emit(Event event) {
  event.message = options_.redact(event.message);
  event.target = options_.redact(event.target);
  event.fields = redacted(presentable(event.fields), options_.redact);
  const std::lock_guard lock(mutex_);
  show(std::move(event));
}

void EventStream::show(Event event) {
  event.sequence = ++sequence_;
  event.time = format_time(clock_.wall());
  event.run = options_.run;
  for (const auto& renderer : renderers_) renderer->show(event);
}

} // namespace deployctl::ui
