#include <algorithm>
#include <array>

#include "cli/commands/run.hpp"
#include "cli/loading.hpp"
#include "plan/graph.hpp"
#include "plan/graph_svg.hpp"

namespace deployctl::cli {
namespace {

struct Format {
  std::string_view name;
  std::string (*picture)(const plan::Graph&);
};

// The command line lets no other name through.
constexpr std::array<Format, 4> formats = {
    {{"text", [](const plan::Graph& graph) { return plan::render(graph, plan::GraphFormat::text); }},
     {"mermaid", [](const plan::Graph& graph) { return plan::render(graph, plan::GraphFormat::mermaid); }},
     {"dot", [](const plan::Graph& graph) { return plan::render(graph, plan::GraphFormat::dot); }},
     {"svg", plan::svg_of}}};

std::string picture_of(const plan::Graph& graph, const CommandLine& line) {
  const std::string name = line.value("format").value_or("text");
  return std::ranges::find(formats, name, &Format::name)->picture(graph);
}

} // namespace

Result<ExitCode> run_graph(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const Loaded loaded, load_environment(invocation, project, invocation.line.argument(0)));
  DEPLOYCTL_TRY(const plan::Graph graph, plan::Graph::of(loaded.pipeline.steps));
  Value::List steps;
  for (const plan::GraphNode& node : graph.nodes()) {
    Value::List needs;
    for (const std::string& need : node.needs) needs.push_back(need);
    steps.push_back(Value::Map{{"id", node.id}, {"action", node.action}, {"needs", std::move(needs)}});
  }
  invocation.console.answer(picture_of(graph, invocation.line), Value::Map{{"steps", std::move(steps)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
