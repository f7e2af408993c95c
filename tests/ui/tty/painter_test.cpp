#include <catch2/catch.hpp>

#include "ui/tty/painter.hpp"
#include "ui/tty/screen.hpp"

using namespace deployctl::ui;
using namespace deployctl::ui::tty;

TEST_CASE("painter: the first picture hides the cursor and leaves it at the picture's beginning") {
  Painter painter;
  CHECK(painter.paint({"one", "two"}) == "\033[?25l\r\033[Jone\r\ntwo\r\033[1A");
}

TEST_CASE("painter: only lines that differ are drawn again") {
  Painter painter;
  painter.paint({"one", "two", "three"});
  CHECK(painter.paint({"one", "two", "three"}).empty());
  CHECK(painter.paint({"one", "TWO", "three"}) == "\033[1B\rTWO\033[K\r\033[1A");
}

TEST_CASE("painter: a picture that grows makes its lines by line ends, one that shrinks erases below") {
  Painter painter;
  painter.paint({"one"});
  CHECK(painter.paint({"one", "two"}) == "\r\n\rtwo\033[K\r\033[1A");
  CHECK(painter.paint({"one"}) == "\033[1B\r\033[J\r\033[1A");
}

TEST_CASE("painter: erased, the cursor is seen again, and nothing is sent twice") {
  Painter painter;
  painter.paint({"one"});
  CHECK(painter.erase() == "\r\033[J\033[?25h");
  CHECK(painter.erase().empty());
  CHECK(painter.paint({}).empty());
}

TEST_CASE("screen: what others write stands above, and the picture comes back below it") {
  StringWriter terminal;
  Screen screen(terminal);
  BesideScreen beside(terminal, screen);
  screen.paint({"picture"}, false);
  beside.write("a note\n");
  screen.paint({"picture"}, false);
  CHECK(terminal.text() == "\033[?25l\r\033[Jpicture\r"
                           "\r\033[J\033[?25ha note\n"
                           "\033[?25l\r\033[Jpicture\r");
}

TEST_CASE("screen: held for a question, nothing is drawn") {
  StringWriter terminal;
  Screen screen(terminal);
  screen.hold();
  screen.scroll("a line\n");
  screen.paint({"picture"}, false);
  CHECK(terminal.text().empty());
  screen.release();
  screen.paint({"picture"}, false);
  CHECK(terminal.text() == "a line\n\033[?25l\r\033[Jpicture\r");
}

TEST_CASE("screen: without a picture it sends nothing of its own") {
  StringWriter terminal;
  {
    Screen screen(terminal);
    BesideScreen beside(terminal, screen);
    beside.write("text\n");
    screen.close();
  }
  CHECK(terminal.text() == "text\n");
}
