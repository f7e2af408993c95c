#include "providers/docker/task_inputs.hpp"

#include "providers/command.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

Table<TaskInputs> make_table() {
  CommandFields shared = command_fields("in the container");
  shared.command.help = "The program and its arguments; without it what the image says.";
  shared.env.help =
      "Environment variables of the container, beside DEPLOYCTL_RUN, _STEP, _RELEASE and _KEY; who "
      "may use the engine can read them.";
  shared.directory.help = "The directory in which the command runs, in the container.";
  shared.directory.example = "/app";
  Table<TaskInputs> table;
  table.add(&TaskInputs::hosts, hosts_field())
      .add(&TaskInputs::on, {.name = "on",
                             .type = FieldType::choice,
                             .help = "Whether it runs on each host or on the first one only.",
                             .example = "first",
                             .fallback = "each",
                             .choices = {"each", "first"}})
      .add(&TaskInputs::image, image_field())
      .add(&TaskInputs::archive, archive_field())
      .add(&TaskInputs::command, std::move(shared.command))
      .add(&TaskInputs::env, std::move(shared.env))
      .add(&TaskInputs::volumes, volumes_field())
      .add(&TaskInputs::network, network_field())
      .add(&TaskInputs::user, user_field())
      .add(&TaskInputs::directory, std::move(shared.directory))
      .add(&TaskInputs::memory, memory_field())
      .add(&TaskInputs::effect, std::move(shared.effect))
      .add(&TaskInputs::grace,
           {.name = "grace",
            .type = FieldType::duration,
            .help = "How long it may take to end when its time is over, before it is killed.",
            .example = "30s",
            .fallback = "10s",
            .managed = false,
            .most = 3'600'000});
  return table;
}

} // namespace

const Table<TaskInputs>& task_table() {
  static const Table<TaskInputs> table = make_table();
  return table;
}

std::vector<InputProblem> check_task(const Value& inputs) {
  std::vector<InputProblem> problems = check_command(inputs);
  check_container(problems, inputs);
  return problems;
}

Result<Value> task_container(const TaskInputs& inputs, const std::map<std::string, Text>& environment,
                             const std::map<std::string, std::string>& labels) {
  DEPLOYCTL_TRY(Value variables, environment_list(environment));
  Value host = Value::Map{{"Mounts", mount_list(inputs.volumes)},
                          {"RestartPolicy", Value::Map{{"Name", "no"}}},
                          {"LogConfig", log_settings()}};
  if (!inputs.network.empty()) host["NetworkMode"] = inputs.network;
  if (inputs.memory) add_memory(host, inputs.memory->count);
  Value::Map body = {{"Image", plain_image(inputs.image)},
                     {"Env", std::move(variables)},
                     {"Labels", label_map(labels)},
                     {"HostConfig", std::move(host)}};
  if (!inputs.command.empty()) body["Cmd"] = Value::List(inputs.command.begin(), inputs.command.end());
  if (!inputs.user.empty()) body["User"] = inputs.user;
  if (!inputs.directory.empty()) body["WorkingDir"] = inputs.directory;
  return Value(std::move(body));
}

} // namespace deployctl::providers::docker
