#include "plan/graph_layout.hpp"

#include <algorithm>
#include <numeric>

#include "base/utf8.hpp"

namespace deployctl::plan {
namespace {

constexpr double cell = 7.5; // pixels of one cell at the size of the picture's text
constexpr double padding = 14;
constexpr double box_height = 46;
constexpr double bend_height = 8;
constexpr double row_gap = 18;
constexpr double column_gap = 60;
constexpr double margin = 16;
constexpr int sweeps = 8;
// A line over more columns than this is drawn straight: the room for its bends grows with the square.
constexpr std::size_t most_bends = 50'000;

// A node of the picture: a step, or the place where a long line crosses a column.
struct Place {
  std::size_t column = 0;
  bool is_step = true;
  std::vector<std::size_t> before; // neighbours in the column to the left
  std::vector<std::size_t> after;
  double centre = 0;

  [[nodiscard]] double height() const { return is_step ? box_height : bend_height; }
};

class Picture {
public:
  explicit Picture(const Graph& graph) : graph_(graph), places_(graph.nodes().size()) {}

  GraphLayout draw() {
    assign_columns();
    connect();
    order_columns();
    for (int i = 0; i < sweeps; ++i) settle(i % 2 == 0);
    return measure();
  }

private:
  struct Edge {
    std::size_t from;
    std::size_t to;
    std::vector<std::size_t> bends;
  };

  void assign_columns();
  void connect();
  void order_columns();
  void settle(bool rightwards);
  GraphLayout measure() const;
  [[nodiscard]] std::vector<double> column_widths() const;
  [[nodiscard]] double wanted(std::size_t place, bool rightwards) const;

  const Graph& graph_;
  std::vector<Place> places_; // the steps first, in the graph's order, then bends
  std::vector<std::vector<std::size_t>> columns_;
  std::vector<Edge> edges_;
};

// As far left as what it needs allows.
void Picture::assign_columns() {
  std::size_t last = 0;
  for (const std::size_t node : graph_.order()) {
    for (const std::size_t need : graph_.needs(node))
      places_[node].column = std::max(places_[node].column, places_[need].column + 1);
    last = std::max(last, places_[node].column);
  }
  columns_.resize(places_.empty() ? 0 : last + 1);
  for (const std::size_t node : graph_.order()) columns_[places_[node].column].push_back(node);
}

void Picture::connect() {
  std::size_t bends = 0;
  for (const std::size_t to : graph_.order())
    for (const std::size_t from : graph_.needs(to)) {
      Edge edge{from, to, {}};
      std::size_t last = from;
      const std::size_t between = places_[to].column - places_[from].column - 1;
      if (bends + between <= most_bends)
        for (std::size_t i = 1; i <= between; ++i) {
          const std::size_t bend = places_.size();
          places_.push_back({.column = places_[from].column + i, .is_step = false, .before = {last}});
          places_[last].after.push_back(bend);
          columns_[places_[bend].column].push_back(bend);
          edge.bends.push_back(bend);
          last = bend;
        }
      bends += edge.bends.size();
      places_[last].after.push_back(to);
      places_[to].before.push_back(last);
      edges_.push_back(std::move(edge));
    }
}

// Each column by the middle of its neighbours in the column before (behind), forth and back.
void Picture::order_columns() {
  const auto number = [&](const std::vector<std::size_t>& column) {
    for (std::size_t i = 0; i < column.size(); ++i) places_[column[i]].centre = static_cast<double>(i);
  };
  for (const auto& column : columns_) number(column);
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    const bool rightwards = sweep % 2 == 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      auto& column = columns_[rightwards ? i : columns_.size() - 1 - i];
      std::vector<std::pair<double, std::size_t>> keyed;
      keyed.reserve(column.size());
      for (const std::size_t place : column) keyed.emplace_back(wanted(place, rightwards), place);
      std::ranges::stable_sort(keyed, {}, [](const auto& each) { return each.first; });
      std::ranges::transform(keyed, column.begin(), [](const auto& each) { return each.second; });
      number(column);
    }
  }
  for (const auto& column : columns_) {
    double at = 0;
    for (const std::size_t place : column) {
      places_[place].centre = at + places_[place].height() / 2;
      at += places_[place].height() + row_gap;
    }
  }
}

// The middle of its neighbours; where it is, when it has none on that side.
double Picture::wanted(std::size_t place, bool rightwards) const {
  const auto& neighbours = rightwards ? places_[place].before : places_[place].after;
  if (neighbours.empty()) return places_[place].centre;
  const double sum =
      std::accumulate(neighbours.begin(), neighbours.end(), 0.0,
                      [&](double so_far, std::size_t each) { return so_far + places_[each].centre; });
  return sum / static_cast<double>(neighbours.size());
}

// Moves each column towards its neighbours; nobody overlaps and the order stays.
void Picture::settle(bool rightwards) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = columns_[rightwards ? i : columns_.size() - 1 - i];
    double shift = 0;
    double below = -1e9;
    for (const std::size_t index : column) {
      const double wish = wanted(index, rightwards);
      Place& place = places_[index];
      place.centre = std::max(wish, below + place.height() / 2);
      shift += wish - place.centre;
      below = place.centre + place.height() / 2 + row_gap;
    }
    shift /= static_cast<double>(std::max<std::size_t>(1, column.size()));
    for (const std::size_t index : column) places_[index].centre += shift;
  }
}

std::vector<double> Picture::column_widths() const {
  std::vector<double> widths(columns_.size(), 0);
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
    const GraphNode& node = graph_.nodes()[i];
    const auto cells = std::max(display_width(node.id), display_width(node.action));
    double& width = widths[places_[i].column];
    width = std::max(width, static_cast<double>(cells) * cell + 2 * padding);
  }
  return widths;
}

GraphLayout Picture::measure() const {
  GraphLayout out;
  double top = 0;
  double bottom = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const double half = places_[i].height() / 2;
    top = i == 0 ? places_[i].centre - half : std::min(top, places_[i].centre - half);
    bottom = i == 0 ? places_[i].centre + half : std::max(bottom, places_[i].centre + half);
  }
  const std::vector<double> widths = column_widths();
  std::vector<double> lefts;
  double x = margin;
  for (const double width : widths) {
    lefts.push_back(x);
    x += width + column_gap;
  }
  const auto y = [&](std::size_t place) { return places_[place].centre - top + margin; };
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i)
    out.boxes.push_back(
        {lefts[places_[i].column], y(i) - box_height / 2, widths[places_[i].column], box_height});
  for (const Edge& edge : edges_) {
    Line line{edge.from, edge.to, {{out.boxes[edge.from].x + out.boxes[edge.from].width, y(edge.from)}}};
    for (const std::size_t bend : edge.bends) {
      const double left = lefts[places_[bend].column];
      line.points.push_back({left, y(bend)});
      line.points.push_back({left + widths[places_[bend].column], y(bend)});
    }
    line.points.push_back({out.boxes[edge.to].x, y(edge.to)});
    out.lines.push_back(std::move(line));
  }
  out.width = widths.empty() ? 2 * margin : x - column_gap + margin;
  out.height = bottom - top + 2 * margin;
  return out;
}

} // namespace

GraphLayout layout(const Graph& graph) {
  return Picture(graph).draw();
}

} // namespace deployctl::plan
