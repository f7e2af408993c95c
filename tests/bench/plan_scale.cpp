// Reads, validates and plans a pipeline of N simulated steps, and prints what each part cost as one JSON
// line:
//   plan_scale STEPS
// Half of the steps stand alone, half need the one before, so that graph and observation both grow with N. A
// step is as short as can be, so that 10,000 of them stay below the language's limit of 100,000 nodes.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <fmt/core.h>

#include "config/load.hpp"
#include "engine/planner.hpp"
#include "simulated/catalog.hpp"
#include "yaml/document.hpp"

namespace {

using namespace deployctl;

class NoFiles final : public config::FileProbe {
public:
  [[nodiscard]] Result<Value> file(const std::string& path) const override {
    return fail(Cause::not_found, fmt::format("no file '{}'", path));
  }
  [[nodiscard]] Result<Value> tree(const std::string& path) const override { return file(path); }
  [[nodiscard]] bool exists(const std::string&) const override { return false; }
};

class NoEvents final : public EventSink {
public:
  void emit(Event) override {}
};

std::string pipeline_text(int steps) {
  std::string text = "version: 1\nproject: scale\nenvironments:\n  bench: {}\nsteps:\n";
  for (int i = 0; i < steps; ++i) {
    text += fmt::format("  step-{}:\n    uses: sim.single\n", i);
    if (i % 2 == 1) text += fmt::format("    needs: [step-{}]\n", i - 1);
    text += fmt::format("    with: {{ name: thing-{} }}\n", i);
  }
  return text;
}

// Kilobytes, the kernel's own high-water mark of this process.
long peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::strtol(line.c_str() + 6, nullptr, 10);
  return 0;
}

class Stopwatch {
public:
  double milliseconds() {
    const auto now = std::chrono::steady_clock::now();
    const double passed = std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
    return passed;
  }

private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

int refused(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& each : diagnostics) fmt::print(stderr, "{}: {}\n", each.code, each.message);
  return 1;
}

int measure(int steps) {
  const std::string text = pipeline_text(steps);
  auto world = std::make_shared<simulated::World>();
  const Catalog catalog = simulated::make_catalog(world);
  const NoFiles files;
  const config::Facts facts;
  const config::Probes probes{.files = files, .zones = {}};
  Stopwatch watch;
  auto parsed = yaml::parse("deploy.yaml", text);
  if (!parsed.document) return refused(parsed.diagnostics);
  const double parse = watch.milliseconds();
  auto loaded = config::load({*parsed.document, facts, catalog, probes}, "bench");
  if (!loaded.pipeline) return refused(loaded.diagnostics);
  const double load = watch.milliseconds();
  simulated::Machine machine;
  engine::Connections connections(machine.ports(), loaded.pipeline->instances, {});
  NoEvents events;
  const auto plan = engine::make_plan({.pipeline = *loaded.pipeline,
                                       .catalog = catalog,
                                       .connections = connections,
                                       .files = files,
                                       .events = events});
  if (!plan) {
    fmt::print(stderr, "{}\n", plan.error().message);
    return 3;
  }
  const double planned = watch.milliseconds();
  fmt::print("{{\"steps\":{},\"bytes\":{},\"parse_ms\":{:.1f},\"validate_ms\":{:.1f},\"plan_ms\":{:.1f},"
             "\"peak_mb\":{:.1f},\"created\":{}}}\n",
             steps, text.size(), parse, load, planned, static_cast<double>(peak_kilobytes()) / 1024.0,
             plan::count(plan->content).create);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  return argc == 2 ? measure(std::atoi(argv[1])) : 64;
}
