#include "plan/graph.hpp"
#include "cli/commands/run.hpp"
#include "cli/loading.hpp"

namespace deployctl::cli {
namespace {

plan::GraphFormat format_of(const CommandLine& line) {
  const std::string name = line.value("format").value_or("text");
  if (name == "mermaid") return plan::GraphFormat::mermaid;
  return name == "dot" ? plan::GraphFormat::dot : plan::GraphFormat::text;
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
  invocation.console.answer(plan::render(graph, format_of(invocation.line)),
                            Value::Map{{"steps", std::move(steps)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
