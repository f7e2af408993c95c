#include "engine/planner_reads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <thread>
#include <tuple>

namespace deployctl::engine {
namespace {

constexpr std::size_t batch_limit = 100; // asks; more go to another thread

using Batch = std::vector<std::size_t>; // indexes of reads, all of one provider, instance and host

std::vector<Batch> batches_of(std::span<const Read> reads) {
  std::map<std::tuple<const Provider*, std::string_view, std::string_view>, Batch> open;
  std::vector<Batch> batches;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const Read& read = reads[i];
    const std::string_view host = read.ask.target.host ? std::string_view(read.ask.target.host->name) : "";
    Batch& batch = open[{read.provider, read.instance, host}];
    batch.push_back(i);
    if (batch.size() == batch_limit) batches.push_back(std::exchange(batch, {}));
  }
  for (auto& [key, batch] : open)
    if (!batch.empty()) batches.push_back(std::move(batch));
  return batches;
}

// The guard compares user-written commands with the inputs; only providers that have such operations need
// them.
std::vector<Value> inputs_for_guard(const Provider& provider, std::span<const Ask> asks) {
  std::vector<Value> inputs;
  if (std::ranges::all_of(provider.description.operations,
                          [](const Operation& o) { return o.from_input.empty(); }))
    return inputs;
  for (const Ask& ask : asks)
    if (ask.inputs) inputs.push_back(*ask.inputs);
  return inputs;
}

// The verb of the provider's kind, for a whole batch.
struct Question {
  ReadSession& session;
  std::span<const Ask> asks;

  std::vector<Result<Reading>> operator()(const std::shared_ptr<const Resource>& resource) const {
    std::vector<Result<Reading>> answers;
    for (auto& seen : resource->observe(session, asks))
      answers.push_back(std::move(seen).map([](Observation observation) {
        return Reading{.observation = std::move(observation), .found = {}};
      }));
    return answers;
  }

  std::vector<Result<Reading>> operator()(const std::shared_ptr<const Artifact>& artifact) const {
    std::vector<Result<Reading>> answers;
    for (const Ask& ask : asks)
      answers.push_back(artifact->find(session, ask).map([](std::optional<Value> found) {
        return Reading{.observation = {}, .found = std::move(found)};
      }));
    return answers;
  }

  std::vector<Result<Reading>> operator()(const std::shared_ptr<const Data>& data) const {
    std::vector<Result<Reading>> answers;
    for (const Ask& ask : asks)
      answers.push_back(data->read(session, ask).map([](Value value) {
        return Reading{.observation = {}, .found = std::move(value)};
      }));
    return answers;
  }

  template <class Other>
  std::vector<Result<Reading>> operator()(const Other&) const {
    return std::vector<Result<Reading>>(asks.size(), fail(Cause::internal, "this kind has nothing to read"));
  }
};

std::vector<Result<Reading>> read_batch(Connections& connections, std::span<const Read> reads,
                                        const Batch& batch, const std::stop_token& stop) {
  const Read& first = reads[batch.front()];
  const auto all = [&](const Error& error) {
    return std::vector<Result<Reading>>(batch.size(), fail(error));
  };
  std::vector<Ask> asks;
  asks.reserve(batch.size());
  for (const std::size_t i : batch) asks.push_back(reads[i].ask);
  try {
    const auto connection = connections.get(*first.provider, first.instance, stop);
    if (!connection) return all(connection.error());
    ReadAccess access(*first.provider, **connection, connections.ports(),
                      inputs_for_guard(*first.provider, asks), stop);
    auto answers = std::visit(Question{access.session(), asks}, first.provider->verbs);
    if (answers.size() == batch.size()) return answers;
    return all({.cause = Cause::internal,
                .message = "the provider answered " + std::to_string(answers.size()) + " of " +
                           std::to_string(batch.size()) + " asks"});
  } catch (const std::exception& bug) {
    return all({.cause = Cause::internal,
                .message = "the provider failed unexpectedly: " + std::string(bug.what())});
  }
}

} // namespace

std::vector<Result<Reading>> read_all(Connections& connections, std::span<const Read> reads,
                                      std::size_t parallel, std::stop_token stop) {
  const std::vector<Batch> batches = batches_of(reads);
  std::vector<Result<Reading>> answers(reads.size(),
                                       fail(Cause::cancelled, "interrupted before it was read"));
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t b = next++; b < batches.size() && !stop.stop_requested(); b = next++) {
      auto of_batch = read_batch(connections, reads, batches[b], stop);
      for (std::size_t i = 0; i < of_batch.size(); ++i) answers[batches[b][i]] = std::move(of_batch[i]);
    }
  };
  const std::size_t threads = std::min(std::max<std::size_t>(parallel, 1), batches.size());
  std::vector<std::jthread> pool;
  for (std::size_t i = 1; i < threads; ++i) pool.emplace_back(work);
  work(); // this thread is one of them
  pool.clear();
  return answers;
}

} // namespace deployctl::engine
