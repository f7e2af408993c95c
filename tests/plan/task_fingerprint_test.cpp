#include "plan/task_fingerprint.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::plan;

TEST_CASE("task fingerprint: inputs, sources, secret versions, action and instance count") {
  const TaskMaterial base{.action = "exec.run",
                          .instance = "exec",
                          .inputs = Value::Map{{"env", Value::Map{{"KEY", Secret::reference("key", "v1")}}}},
                          .sources_hash = "aa"};
  const std::string fingerprint = task_fingerprint(base);
  CHECK(fingerprint.size() == 64);
  CHECK(task_fingerprint(base) == fingerprint);
  TaskMaterial other = base;
  other.sources_hash = "bb";
  CHECK(task_fingerprint(other) != fingerprint);
  other = base;
  other.inputs["env"]["KEY"] = Secret::reference("key", "v2");
  CHECK(task_fingerprint(other) != fingerprint);
  other = base;
  other.action = "host.run";
  CHECK(task_fingerprint(other) != fingerprint);
}

TEST_CASE("task fingerprint: what is not known yet has none") {
  const Unknown unknown{.step = "image", .output = "ref", .expression = "${steps.image.ref}"};
  CHECK(task_fingerprint({.inputs = Value::Map{{"image", unknown}}}).empty());
  CHECK(task_fingerprint({.inputs = Value::Map{{"key", Secret::reference("key")}}}).empty());
}
