// The provider contract: a description (static data) and the verbs of its kind. The engine calls, providers
// answer; all verbs are thread-safe and keep no state of their own (that lives in Connection). Included by
// providers, engine, conformance tests. Not a place for engine logic.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/diagnostic.hpp>
#include <deployctl/event.hpp>
#include <deployctl/field.hpp>
#include <deployctl/intent.hpp>
#include <deployctl/operation.hpp>
#include <deployctl/session.hpp>

namespace deployctl {

enum class Kind { resource, task, artifact, data, gate, notice };

struct InputProblem {
  std::string path; // "health.http"; empty: the whole
  std::string message;
  std::string help;
};

struct Description {
  std::string name;    // "host.release"
  std::string summary; // one sentence
  Kind kind = Kind::resource;
  std::vector<Field> fields;
  std::vector<FieldGroup> groups;
  std::vector<Output> outputs;
  std::vector<Operation> operations;
  std::vector<StrategyKind>
      strategies;        // engine-driven or native ones it accepts; empty: one target, no strategy
  bool on_hosts = false; // one target a host, taken from `hosts`
  Milliseconds default_timeout{600'000}; // bound of one target's attempt
  std::vector<std::string> permissions;  // least privilege, for people
  // May depend on inputs: exec.run with `effect: repeatable` is declarative.
  std::function<CrashClass(const Value& inputs)> crash_class;
  // Rules across fields that the table cannot say. Pure; may be empty.
  std::function<std::vector<InputProblem>(const Value& inputs)> check;
};

class Resource {
public:
  virtual ~Resource() = default;
  // Batched; one answer per ask, in order. An error in an answer concerns that target only.
  virtual std::vector<Result<Observation>> observe(ReadSession&, std::span<const Ask>) const = 0;
  virtual Result<Change> plan(const Ask&, const Observation&, const Strategy&) const = 0; // pure
  virtual Result<Value> apply(WriteSession&, const Change&, const Stage&,
                              const Intent&) const = 0;                     // idempotent
  virtual Readiness ready(ReadSession&, const Change&, const Stage&) const; // default: ready
  virtual Confirmation confirm(ReadSession&, const Intent&) const = 0;
  virtual Result<Change> revert(const Undo&, const Observation&) const = 0; // pure
  virtual Diagnosis diagnose(ReadSession&, const Failure&) const;           // default: the error as it is
  // The outputs of something that is already as wanted. Pure.
  virtual Value outputs(const Ask&, const Observation&) const = 0;
};

class Task {
public:
  virtual ~Task() = default;
  virtual Result<Change> plan(const Ask&) const = 0; // pure
  virtual Result<Value> apply(WriteSession&, const Change&, const Stage&, const Intent&) const = 0;
  virtual Confirmation confirm(ReadSession&, const Intent&) const = 0;
  virtual Diagnosis diagnose(ReadSession&, const Failure&) const;
};

class Artifact {
public:
  virtual ~Artifact() = default;
  virtual std::string identity(const Ask&) const = 0; // pure
  virtual Result<std::optional<Value>> find(ReadSession&, const Ask&) const = 0;
  virtual Result<Value> make(WriteSession&, const Ask&, const Intent&) const = 0;
  virtual Confirmation confirm(ReadSession&, const Intent&) const = 0;
};

class Data {
public:
  virtual ~Data() = default;
  virtual Result<Value> read(ReadSession&, const Ask&) const = 0;
};

class Gate {
public:
  virtual ~Gate() = default;
  virtual Sample sample(ReadSession&, const Ask&) const = 0;
  // Given all samples so far, oldest first. `inconclusive` asks for another until the engine's limit.
  virtual Verdict judge(const Ask&, std::span<const Sample>) const = 0; // pure
  // How often to sample and for how long at most, from the inputs. Pure.
  virtual ReadyRule rule(const Ask&) const = 0;
};

class Notice {
public:
  virtual ~Notice() = default;
  virtual Status send(WriteSession&, const Ask&, const Event&) const = 0;
};

using Verbs = std::variant<std::shared_ptr<const Resource>, std::shared_ptr<const Task>,
                           std::shared_ptr<const Artifact>, std::shared_ptr<const Data>,
                           std::shared_ptr<const Gate>, std::shared_ptr<const Notice>>;

struct Provider {
  Description description;
  Verbs verbs;
  std::vector<Field> instance_fields; // what may stand under `providers: NAME`
  // Empty: no connection is needed.
  std::function<Result<std::unique_ptr<Connection>>(const InstanceSettings&, Ports, std::stop_token)> connect;
};

// The built-in list, or a test's own. Plain data; the order is the order of documentation.
using Catalog = std::vector<Provider>;

const Provider* find_provider(const Catalog& catalog, std::string_view action);

} // namespace deployctl
