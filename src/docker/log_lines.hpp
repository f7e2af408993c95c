// Lines of a container's output out of the engine's stream with times: each once, also when the stream broke
// and was asked for again. One for the whole life of a container; one thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <deployctl/ports/http.hpp>
#include <deployctl/ports/sinks.hpp>

#include "base/sanitize.hpp"
#include "docker/log_stream.hpp"

namespace deployctl::docker {

class LogLines final : public BodySink {
public:
  using Consumer = std::function<void(Stream, std::string_view line)>;

  explicit LogLines(Consumer consumer) : consumer_(std::move(consumer)) {}

  // Before each request: from where on it asks, as seconds since 1970; empty: from the beginning. Half a line
  // of a stream that broke is forgotten: it comes again.
  std::string begin();
  Status take(std::string_view bytes) override;
  // The stream ended by itself: what is left of a line counts as one.
  void end();

private:
  void line(Stream stream, std::string_view text);

  Consumer consumer_;
  std::optional<LogStream> stream_;
  std::optional<LineSplitter> out_;
  std::optional<LineSplitter> err_;
  std::string known_; // the time of the last line that was told before this request
  std::string last_;  // and of the last one told
};

} // namespace deployctl::docker
