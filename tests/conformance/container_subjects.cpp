// The actions on containers, each with an engine in memory, or with programs that stand in for one.
#include "conformance/subjects.hpp"

#include "docker/strict_engine.hpp"
#include "providers/compose_bench.hpp"
#include "providers/container_bench.hpp"
#include "providers/proxied_bench.hpp"

namespace deployctl::conformance {
namespace {

using tests::StrictEngine;
using tests::Workbench;

Value::List words(std::initializer_list<const char*> all) {
  return Value::List(all.begin(), all.end());
}

Value::Map task(std::initializer_list<const char*> command) {
  return Value::Map{{"image", StrictEngine::image}, {"command", words(command)}};
}

Subject task_subject() {
  return {.action = "docker.task",
          .bench = [] { return std::make_unique<tests::ContainerBench>("docker.task"); },
          .first =
              [](Workbench&) {
                Value::Map inputs = task({"echo", "[1]"});
                inputs["effect"] = "repeatable";
                return inputs;
              },
          .second =
              [](Workbench&) {
                return task({"echo", "two"});
              },
          .with_secret =
              [](Workbench&) {
                Value::Map inputs = task({"fail"});
                inputs["env"] = Value::Map{{"A", Secret::reference("sentinel", "v1")}};
                return inputs;
              },
          .fails = true,
          .slow =
              [](Workbench&) {
                Value::Map inputs = task({"sleep", "600"});
                inputs["effect"] = "none";
                return inputs;
              }};
}

Value::Map service(const char* version) {
  return Value::Map{{"image", StrictEngine::image},
                    {"name", "api"},
                    {"command", words({"sleep"})},
                    {"env", Value::Map{{"VERSION", version}}}};
}

Subject service_subject() {
  return {.action = "docker.service",
          .bench = [] { return std::make_unique<tests::ContainerBench>("docker.service"); },
          .first = [](Workbench&) { return service("1"); },
          .second = [](Workbench&) { return service("2"); },
          .with_secret =
              [](Workbench&) {
                Value::Map inputs = service("1");
                inputs["env"] = Value::Map{{"A", Secret::reference("sentinel", "v1")}};
                return inputs;
              }};
}

Value::Map proxied(Workbench& bench, const char* version) {
  return dynamic_cast<tests::ProxiedBench&>(bench).proxied(version);
}

Subject proxied_subject() {
  return {.action = "docker.service",
          .manner = "behind a proxy",
          .bench = [] { return std::make_unique<tests::ProxiedBench>(); },
          .first = [](Workbench& bench) { return proxied(bench, "1"); },
          .second = [](Workbench& bench) { return proxied(bench, "2"); },
          .with_secret =
              [](Workbench& bench) {
                Value::Map inputs = proxied(bench, "1");
                inputs["env"] = Value::Map{{"A", Secret::reference("sentinel", "v1")}};
                return inputs;
              }};
}

Subject compose_subject() {
  const auto inputs = [](Workbench& bench, const Value& version) {
    Value::Map map = dynamic_cast<tests::ComposeBench&>(bench).project("0");
    map["env"] = Value::Map{{"VERSION", version}};
    return map;
  };
  return {.action = "compose.project",
          .bench = [] { return std::make_unique<tests::ComposeBench>(); },
          .first = [inputs](Workbench& bench) { return inputs(bench, "1"); },
          .second = [inputs](Workbench& bench) { return inputs(bench, "2"); },
          .with_secret =
              [inputs](Workbench& bench) { return inputs(bench, Secret::reference("sentinel", "v1")); }};
}

} // namespace

std::vector<Subject> container_subjects() {
  return {task_subject(), service_subject(), proxied_subject(), compose_subject()};
}

} // namespace deployctl::conformance
