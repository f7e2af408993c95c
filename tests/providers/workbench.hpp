// One provider on this machine: the real ports, guarded as the engine guards them, in a folder of its own,
// and a record of what a stage made durable. For tests of providers without an engine.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "base/guard.hpp"
#include "base/system_clock.hpp"
#include "net/http.hpp"
#include "os/local_host.hpp"
#include "os/processes.hpp"
#include "os/tree.hpp"

namespace deployctl::tests {

// What a stage made durable and what it said.
class Recorder final : public Effects, public LineSink {
public:
  Status remote_id(std::string id) override;
  Status undo(Value data) override;
  void line(Stream stream, std::string_view text) override;
  void tell(Intent& intent) const; // what was made durable until now

  std::vector<std::string> remote_ids;
  std::vector<Value> undos;
  std::vector<std::string> lines;

private:
  mutable std::mutex mutex_; // lines come from any thread, and two controllers may work at once
};

// Bytes by digest, as the engine's blobs give them.
class TestFiles final : public Files {
public:
  Result<std::string> blob(const std::string& sha256) override;
  Result<std::string> find(const std::string& path, const std::string& sha256) override;
  Result<std::string> read(const std::string& path, std::size_t limit) override;

  std::map<std::string, std::string> paths;
};

class Workbench {
public:
  // `path_first`: a folder with programs that stand before the system's.
  explicit Workbench(Provider provider, const std::string& path_first = {});
  virtual ~Workbench() = default; // benches with a server of their own are kept as this
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;
  Workbench(Workbench&&) = delete;
  Workbench& operator=(Workbench&&) = delete;

  [[nodiscard]] std::string path(const std::string& name = {}) const;
  void write(const std::string& name, const std::string& bytes, unsigned mode = 0644) const;
  [[nodiscard]] std::string read(const std::string& name) const; // "(none)" when it is not there
  // Inputs of type file and tree, made from below the folder as the engine makes them.
  Value file(const std::string& name);
  Value tree(const std::string& name);

  [[nodiscard]] Ask ask(Value::Map inputs, const std::string& target = "local") const;
  [[nodiscard]] Ask removal(Value::Map recorded) const;
  Result<Observation> observe(const Ask& ask);
  Result<Change> plan(const Ask& ask);
  // Every stage of the change, or those up to and including `last`. Secrets in `desired` become
  // "secret-NAME".
  Result<Value> apply(const Ask& ask, const Change& change, const std::string& last = {});
  Result<Value> apply_stage(const Ask& ask, const Change& change, const Stage& stage);
  Result<Value> deploy(const Ask& ask); // plan and apply
  Confirmation confirm(const Ask& ask, const Change& change, const std::string& stage);
  Readiness ready(const Change& change, const Stage& stage);
  Result<Change> plan_back(const Ask& ask, const Value& undo);
  // Takes back what the recorder holds, newest first.
  Status revert(const Ask& ask);
  Sample sample(const Ask& ask);

  template <class Kind>
  const Kind& verbs() const {
    return *std::get<std::shared_ptr<const Kind>>(provider.verbs);
  }

  Intent intent(const Ask& ask, const Change& change, const std::string& stage) const;
  GuardedPorts guarded(SessionMode mode, const Ask& ask);
  Result<Value> make(const Ask& ask);                // artifact
  Result<std::optional<Value>> find(const Ask& ask); // artifact
  Result<Value> read_data(const Ask& ask);
  Status send(const Ask& ask, const Event& event);
  Diagnosis diagnose(const Failure& failure);

  Provider provider;
  Strategy strategy;
  std::vector<std::string> attempted; // operations that verbs asked the guarded ports for
  Recorder recorder;
  TestFiles files;
  std::stop_source stop;
  std::string run = "run-1";
  std::unique_ptr<Hosts> other_hosts; // stands in for the port to this machine, when set

private:
  os::TemporaryDirectory directory_;
  SystemClock clock_;
  SystemRandom random_;
  net::CurlHttp http_;
  os::LocalProcesses processes_;
  os::LocalHosts hosts_;
  std::unique_ptr<Connection> connection_;

  template <class Verb>
  auto reading(const Ask& ask, const Verb& verb);
  template <class Verb>
  auto writing(const Ask& ask, const Verb& verb);
};

Secret resolved_secret(const std::string& name); // bytes "secret-NAME"
Host local_host(const std::string& name = "local");

} // namespace deployctl::tests
