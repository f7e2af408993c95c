// The progress of a pull while it arrives, one JSON document a line, and the error it may end with: the
// status of the answer was sent long before.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <deployctl/ports/http.hpp>
#include <deployctl/ports/sinks.hpp>

#include "base/sanitize.hpp"

namespace deployctl::docker {

class PullProgress final : public BodySink {
public:
  // `output` may be null.
  explicit PullProgress(LineSink* output);

  Status take(std::string_view bytes) override;
  // After the answer: what went wrong, if something did.
  Status finish();

private:
  struct Layer {
    std::int64_t done = 0;
    std::int64_t total = 0;
  };

  void line(std::string_view text);
  void tell() const;

  LineSink* output_;
  LineSplitter lines_;
  std::map<std::string, Layer> layers_;
  std::optional<std::string> error_;
};

} // namespace deployctl::docker
