#include "plan/graph_svg.hpp"

#include <fmt/core.h>

#include "base/strings.hpp"
#include "plan/graph_layout.hpp"

namespace deployctl::plan {
namespace {

constexpr std::string_view style = R"(<style>
  .box { fill: #f5f6f8; stroke: #59636e; } .id { fill: #1b1f24; font-weight: 600; } .action { fill: #59636e; }
  .line { fill: none; stroke: #59636e; stroke-width: 1.5; } .head { fill: #59636e; }
  text { font: 12.5px ui-monospace, Menlo, Consolas, monospace; text-anchor: middle; }
  @media (prefers-color-scheme: dark) {
    .box { fill: #1b2027; stroke: #9aa5b1; } .id { fill: #e4e8ee; } .action { fill: #9aa5b1; }
    .line { stroke: #9aa5b1; } .head { fill: #9aa5b1; }
  }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>
)";

std::string as_xml(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

// Horizontal at both ends of every piece, so that a line leaves and enters boxes straight.
std::string path_of(const Line& line) {
  const Point& start = line.points.front();
  std::string out = fmt::format("M{:.1f} {:.1f}", start.x, start.y);
  for (std::size_t i = 1; i < line.points.size(); ++i) {
    const Point& from = line.points[i - 1];
    const Point& to = line.points[i];
    const double middle = (from.x + to.x) / 2;
    out +=
        fmt::format("C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", middle, from.y, middle, to.y, to.x, to.y);
  }
  return out;
}

std::string box_text(const GraphNode& node, const Box& box) {
  const double middle = box.x + box.width / 2;
  std::string out = fmt::format(
      R"(<g><title>{}</title><rect class="box" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="6"/>)",
      as_xml(node.needs.empty() ? node.id : node.id + " needs " + join(node.needs, ", ")), box.x, box.y,
      box.width, box.height);
  const double id_at = node.action.empty() ? box.y + box.height / 2 + 4 : box.y + 20;
  out += fmt::format(R"(<text class="id" x="{:.1f}" y="{:.1f}">{}</text>)", middle, id_at, as_xml(node.id));
  if (!node.action.empty())
    out += fmt::format(R"(<text class="action" x="{:.1f}" y="{:.1f}">{}</text>)", middle, box.y + 36,
                       as_xml(node.action));
  return out + "</g>\n";
}

} // namespace

std::string svg_of(const Graph& graph) {
  const GraphLayout picture = layout(graph);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\">\n<title>The steps and what they need</title>\n",
      picture.width, picture.height);
  out.append(style);
  for (const Line& line : picture.lines)
    out += fmt::format("<path class=\"line\" d=\"{}\" marker-end=\"url(#head)\"/>\n", path_of(line));
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) out += box_text(graph.nodes()[i], picture.boxes[i]);
  return out + "</svg>\n";
}

} // namespace deployctl::plan
