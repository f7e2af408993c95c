#include "cli/live_view.hpp"

namespace deployctl::cli {

LiveView::LiveView(ui::tty::Screen& screen, ui::tty::TtyRenderer& renderer)
    : renderer_(renderer), suspension_([&screen] { screen.hold(); }, [&screen] { screen.release(); }),
      beat_(ui::tty::frame_time, [&renderer] { renderer.tick(); }) {}

} // namespace deployctl::cli
