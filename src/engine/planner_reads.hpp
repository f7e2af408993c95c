// The planner's look at the world: every read of one phase, in parallel, batched per provider instance.
// Sessions are read sessions, so nothing here can change a target.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "engine/connections.hpp"

namespace deployctl::engine {

// One question: observe for a resource, find for an artifact, read for data.
struct Read {
  const Provider* provider = nullptr;
  std::string instance;
  Ask ask;
};

struct Reading {
  std::optional<Observation> observation; // resource
  std::optional<Value> found;             // artifact: none if it has to be made; data: always
};

// One answer a question, in their order. At most `parallel` batches at once. Asks of one host form a batch;
// others are batched by hundred. A provider that throws has a bug: Cause::internal for its batch.
std::vector<Result<Reading>> read_all(Connections& connections, std::span<const Read> reads,
                                      std::size_t parallel, std::stop_token stop);

} // namespace deployctl::engine
