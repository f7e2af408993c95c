// One recorded run, shown by every renderer: what each reader gets, side by side as expected files.
#include <catch2/catch.hpp>

#include "golden.hpp"
#include "ui/ndjson.hpp"
#include "ui/plain.hpp"
#include "ui/quiet.hpp"
#include "ui/stream_player.hpp"
#include "ui/tty/tty_renderer.hpp"

using namespace deployctl;
using namespace deployctl::ui;

namespace {

constexpr const char* failed_rollout = "tests/ui/streams/failed_rollout.ndjson";

// The live view's bytes, readable: one line an escape sequence at most.
std::string readable(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    if (byte == '\033')
      out += "\n^[";
    else if (byte == '\r')
      out += "\\r";
    else
      out += byte;
  }
  return out + "\n";
}

} // namespace

TEST_CASE("renderers: one stream, line by line for pipes and logs") {
  StringWriter writer;
  StreamClock clock;
  PlainRenderer renderer(writer, clock, {});
  play(recorded_stream(failed_rollout), clock, renderer);
  golden::check("tests/ui/goldens/rollout_plain.txt", writer.text());
  CHECK(writer.text().find_first_of("\r\033") == std::string::npos);
}

TEST_CASE("renderers: one stream, one report for those who asked for silence") {
  StringWriter writer;
  StreamClock clock;
  QuietRenderer renderer(writer, {});
  play(recorded_stream(failed_rollout), clock, renderer);
  golden::check("tests/ui/goldens/rollout_quiet.txt", writer.text());
}

TEST_CASE("renderers: one stream, the same bytes again for programs") {
  StringWriter writer;
  StreamClock clock;
  NdjsonRenderer renderer(writer);
  play(recorded_stream(failed_rollout), clock, renderer);
  CHECK(writer.text() == golden::read(failed_rollout));
}

TEST_CASE("renderers: one stream, live on a terminal") {
  StringWriter terminal;
  tty::Screen screen(terminal);
  StreamClock clock;
  tty::TtyRenderer renderer(screen, clock, {.room = [] { return tty::Room{.columns = 80, .rows = 24}; }});
  play(recorded_stream(failed_rollout), clock, renderer, [&] { renderer.tick(); });
  golden::check("tests/ui/goldens/rollout_tty.txt", readable(terminal.text()));
}
