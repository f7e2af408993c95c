// One run of a task in a container: the container is made, or found again by what the journal and its labels
// say, started, and listened to until it ends. Ended containers stay until the step's next run: a crash may
// still ask for what they said.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <deployctl/provider.hpp>

#include "providers/command.hpp"
#include "providers/docker/engines.hpp"
#include "providers/docker/task_inputs.hpp"

namespace deployctl::providers::docker {

using deployctl::docker::Container;

struct TaskOrder {
  const TaskInputs& inputs;
  const Intent& intent;
  Milliseconds timeout;
};

class TaskRun {
public:
  // All of it outlives this.
  TaskRun(WriteSession& session, const Engine& engine, TaskOrder order)
      : session_(session), engine_(engine), order_(order) {}

  // How it ended. Cancelled: what may be done once goes on without us, the rest is killed.
  Result<CommandEnd> to_end();

private:
  Result<Container> found_or_made();
  Result<Container> make(const std::string& name, bool announced);
  Result<Container> look(const std::string& container) const;
  Status clear_earlier(const std::string& name) const;
  Result<Container> listen(const std::string& container, std::chrono::nanoseconds deadline);
  Result<Container> overtime(const std::string& container);
  Error cancelled(const std::string& container, Error error) const;
  Result<CommandEnd> end_of(const Container& container) const;

  WriteSession& session_;
  const Engine& engine_;
  TaskOrder order_;
  std::string out_; // as much as becomes an output, or as the end of it that is evidence
  std::string out_tail_;
  std::string err_tail_;
  bool timed_out_ = false;
};

} // namespace deployctl::providers::docker
