// Everything that a plan or a run needs, opened in the one right order and kept alive together: interrupts
// before threads, events before anything that speaks, records, facts, pipeline, secrets, and the real
// machine. The only place where ports meet their implementations.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ulid.hpp"
#include "cli/interrupts.hpp"
#include "cli/invocation.hpp"
#include "cli/loading.hpp"
#include "cli/project_files.hpp"
#include "cli/run_hosts.hpp"
#include "engine/engine.hpp"
#include "engine/file_inputs.hpp"
#include "net/http.hpp"
#include "os/processes.hpp"
#include "secrets/age_identities.hpp"
#include "secrets/encrypted_files.hpp"
#include "secrets/resolver.hpp"
#include "state/history.hpp"
#include "state/local_state.hpp"

namespace deployctl::cli {

class Wiring {
public:
  // Loads the pipeline of `environment`; its mistakes have been shown when this is an error. `run`: one that
  // goes on; a new id otherwise. With a checkout that tree's: records and secrets stay the project's.
  static Result<std::unique_ptr<Wiring>> open(Invocation& invocation, const Project& project,
                                              const std::string& environment, const std::string& run = {},
                                              const Checkout* checkout = nullptr);
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;

  [[nodiscard]] engine::Environment& engine() { return *engine_; }
  [[nodiscard]] const config::Pipeline& pipeline() const { return loaded_.pipeline; }
  [[nodiscard]] const engine::Source& source() const { return *source_; }
  [[nodiscard]] engine::ApplyOptions options() const;
  [[nodiscard]] const state::Release* live() const {
    return live_ ? &*live_ : nullptr;
  } // null: nothing is live
  [[nodiscard]] const state::History& history() const { return *history_; }
  [[nodiscard]] const vcs::Repository* repository() const { // null outside of one
    return loaded_.surroundings.repository ? &*loaded_.surroundings.repository : nullptr;
  }
  [[nodiscard]] const std::string& run_id() const { return run_id_; }

private:
  Wiring(Invocation& invocation, const Project& project, const Checkout* checkout)
      : invocation_(invocation), project_(project), tree_(checkout ? checkout->project() : project),
        checkout_(checkout) {}

  Status open_events();
  Status open_records(const std::string& stack);
  Status open_machine(const std::string& stack);
  [[nodiscard]] Result<ssh::Client> ssh_client() const;
  [[nodiscard]] ssh::CurrentFence fence(const state::StackState& stack, const Secret& key) const;
  Status open_source();
  Status describe_sources(vcs::Repository& repository);
  void wire();

  Invocation& invocation_;
  const Project& project_;   // whose records and secrets
  const Project& tree_;      // what is deployed
  const Checkout* checkout_; // where the tree comes from; null: it is the working tree
  std::string run_id_;
  std::optional<Interruption> interruption_;
  std::optional<state::LocalState> state_;
  std::optional<state::History> history_;
  std::optional<state::Release> live_;
  Loaded loaded_;
  std::map<std::string, std::string, std::less<>> variables_;
  std::optional<os::LocalProcesses> processes_;
  std::optional<RunHosts> hosts_;
  std::optional<net::CurlHttp> http_;
  std::optional<ProjectFiles> files_;
  secrets::AgeIdentityCache identities_;
  secrets::SopsFileCache sops_files_;
  secrets::Stores stores_;
  std::optional<secrets::Resolver> resolver_;
  std::optional<engine::LocalFiles> inputs_;
  std::mutex repository_mutex_; // a repository is for one thread at a time
  std::optional<engine::Source> source_;
  std::optional<engine::Environment> engine_;
};

} // namespace deployctl::cli
