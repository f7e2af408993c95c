// What docker.task takes: its field table, the rules across fields, and the container it asks for. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

namespace deployctl::providers::docker {

struct TaskInputs {
  std::vector<std::string> hosts;
  std::string on;
  std::string image;
  Value archive; // a file, or null
  std::vector<std::string> command;
  std::map<std::string, Text> env;
  std::vector<std::string> volumes; // "SOURCE:TARGET[:ro]"
  std::string network;
  std::string user;
  std::string directory;
  std::optional<Bytes> memory;
  std::string effect;
  Milliseconds grace{};
};

const Table<TaskInputs>& task_table();
std::vector<InputProblem> check_task(const Value& inputs);

// The body of the request that creates the container. Cause::internal: a secret has no value yet.
Result<Value> task_container(const TaskInputs& inputs, const std::map<std::string, Text>& environment,
                             const std::map<std::string, std::string>& labels);

} // namespace deployctl::providers::docker
