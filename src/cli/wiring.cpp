#include "cli/wiring.hpp"

#include <algorithm>
#include <filesystem>

#include "base/crypto.hpp"
#include "base/time.hpp"
#include "base/variables.hpp"
#include "cli/endings.hpp"
#include "cli/plan_subject.hpp"
#include "cli/secret_stores.hpp"
#include "cli/this_process.hpp"
#include "os/files.hpp"
#include "os/process_identity.hpp"
#include "ssh/client_settings.hpp"

namespace deployctl::cli {
namespace {

constexpr int commits_shown = 50;
constexpr std::size_t largest_trust = 8U << 20;

// What ships. A commit that this clone does not have gives no list: that is no reason not to deploy.
std::pair<std::vector<plan::Commit>, int> commits_between(const vcs::Repository& repository,
                                                          const std::string& since, const std::string& head) {
  std::vector<plan::Commit> commits;
  const Result<vcs::CommitRange> range = repository.commits_between(since, head, commits_shown);
  if (!range) return {};
  for (const vcs::CommitLine& line : range->commits)
    commits.push_back({.sha = line.sha, .author = line.author, .title = line.title});
  return {std::move(commits), range->total};
}

// SSL_CERT_FILE names the certificates that are trusted instead of the system's, as for other programs.
Result<net::HttpSettings> http_settings(const os::Environment& environment) {
  net::HttpSettings settings{.user_agent = "deployctl/" DEPLOYCTL_VERSION,
                             .proxies = net::proxies_from(environment)};
  const std::string* trust = find_variable(environment, "SSL_CERT_FILE");
  if (!trust) return settings;
  auto pem = os::read_file(*trust, largest_trust);
  if (!pem) return fail(std::move(pem).error().in("while reading SSL_CERT_FILE"));
  settings.tls.ca_pem = *std::move(pem);
  return settings;
}

} // namespace

Result<std::unique_ptr<Wiring>> Wiring::open(Invocation& invocation, const Project& project,
                                             const std::string& environment, const std::string& run_id,
                                             const Checkout* checkout) {
  DEPLOYCTL_CHECK(check_environment(project, environment));
  std::unique_ptr<Wiring> wiring(new Wiring(invocation, project, checkout));
  const std::string stack = project.stack(environment);
  wiring->run_id_ = run_id.empty() ? UlidSource(invocation.clock, invocation.random).next() : run_id;
  DEPLOYCTL_CHECK(wiring->open_events());
  DEPLOYCTL_CHECK(wiring->open_records(stack));
  const RunFacts run{.run_id = wiring->run_id_,
                     .live = wiring->live(),
                     .checkout = checkout,
                     .host_way = ways_over(wiring->hosts_)};
  DEPLOYCTL_TRY(wiring->loaded_, load_environment(invocation, wiring->tree_, environment, run));
  invocation.events.know_steps(wiring->loaded_.pipeline, wiring->tree_.document.source);
  DEPLOYCTL_CHECK(wiring->open_machine(stack));
  DEPLOYCTL_CHECK(wiring->open_source());
  wiring->wire();
  return wiring;
}

Status Wiring::open_events() {
  DEPLOYCTL_CHECK(invocation_.events.open(run_id_));
  interruption_.emplace(invocation_.options.timeout, [this](const std::string& message) {
    invocation_.events.stream().emit({.type = "signal",
                                      .level = Level::warning,
                                      .message = message,
                                      .fields = Value::Map{{"asked", true}}});
  });
  return {};
}

Status Wiring::open_records(const std::string& stack) {
  DEPLOYCTL_TRY(state_, state::LocalState::open(project_.directory, invocation_.random));
  for (const std::string& warning : state_->warnings())
    invocation_.console.note("warning: " + warning + "\n");
  DEPLOYCTL_TRY(state::History history, state::History::open(state_->history_path()));
  history_.emplace(std::move(history));
  DEPLOYCTL_TRY(const state::StackState opened, state_->stack(stack));
  DEPLOYCTL_TRY(const state::VersionedCell cell, opened.cell().read());
  if (cell.cell.current_release.empty()) return {};
  DEPLOYCTL_TRY(live_, history_->release(cell.cell.current_release));
  return {};
}

Status Wiring::open_machine(const std::string& stack) {
  variables_.insert(invocation_.environment.begin(), invocation_.environment.end());
  processes_.emplace(invocation_.clock, tree_.directory, invocation_.environment);
  DEPLOYCTL_TRY(const net::HttpSettings http, http_settings(invocation_.environment));
  http_.emplace(http);
  files_.emplace(tree_.directory, state_->blobs());
  DEPLOYCTL_TRY(const state::StackState opened, state_->stack(stack));
  DEPLOYCTL_TRY(Secret key, opened.key());
  DEPLOYCTL_TRY(ssh::Client client, ssh_client());
  hosts_.emplace(invocation_.clock, invocation_.random,
                 without_secrets(invocation_.environment, loaded_.pipeline.secrets), std::move(client),
                 fence(opened, key));
  stores_ = make_stores(loaded_.pipeline, {.http = *http_,
                                           .processes = *processes_,
                                           .clock = invocation_.clock,
                                           .random = invocation_.random,
                                           .environment = variables_,
                                           .redactions = invocation_.redactions,
                                           .directory = project_.directory,
                                           .http_settings = http,
                                           .identities = &identities_,
                                           .sops_files = &sops_files_});
  resolver_.emplace(
      secret_declarations(loaded_.pipeline),
      secrets::Sources{
          .environment = variables_,
          .read_file = [](const std::string& path, std::size_t limit) { return os::read_file(path, limit); },
          .processes = *processes_,
          .directory = project_.directory,
          .identities = &identities_,
          .sops_files = &sops_files_,
          .stores = &stores_},
      invocation_.redactions, std::move(key));
  return {};
}

// As `providers: ssh` says it; on a terminal somebody can be asked to touch a key.
Result<ssh::Client> Wiring::ssh_client() const {
  const auto& instances = loaded_.pipeline.instances;
  const auto declared = std::ranges::find(instances, ssh_provider, &config::ProviderInstance::name);
  DEPLOYCTL_TRY(
      const SshSettings settings,
      ssh_settings().decode(declared == instances.end() ? Value(Value::Map{}) : declared->settings));
  ssh::Client client = ssh::client_from(
      settings, {.home = variable_or_empty(invocation_.environment, "HOME"), .folder = tree_.directory});
  if (invocation_.terminal.may_ask && !invocation_.options.no_input)
    client.ask_touch = [this](const std::string& host, const std::string& question) {
      invocation_.events.stream().emit({.type = "signal",
                                        .level = Level::warning,
                                        .message = "touch your key for " + host + ": " + question});
    };
  return client;
}

// Of this process, whichever run it goes on with. Named by the stack's key, which copies of these records
// have and other records of a stack of that name do not: only those count the epoch together.
ssh::CurrentFence Wiring::fence(const state::StackState& stack, const Secret& key) const {
  const std::string name = hmac_sha256(key, "fence of hosts").hex().substr(0, 32);
  return [name, self = os::this_process(), cell = stack.cell()]() -> std::optional<ssh::Fence> {
    const Result<state::VersionedCell> now = cell.read();
    if (!self || !now || !now->cell.holder) return std::nullopt;
    const state::Holder& holder = *now->cell.holder;
    if (holder.kind != state::HolderKind::run || holder.process != *self) return std::nullopt;
    return ssh::Fence{.name = name, .epoch = now->cell.epoch, .run = holder.run};
  };
}

Status Wiring::open_source() {
  inputs_.emplace(tree_.directory);
  source_.emplace(engine::Source{.files = &*inputs_, .directory = tree_.directory});
  const config::Facts& facts = loaded_.surroundings.facts;
  // Outside a repository the version is the run's id: as a part of the plan it would make every plan another
  // one.
  if (facts.git || facts.version) source_->version = loaded_.pipeline.release_version;
  if (!loaded_.surroundings.repository) return {};
  const config::GitFacts& git = *facts.git;
  source_->commit = git.sha;
  source_->branch = git.branch;
  source_->tags = git.tags;
  source_->dirty = git.dirty;
  return describe_sources(*loaded_.surroundings.repository);
}

Status Wiring::describe_sources(vcs::Repository& repository) {
  DEPLOYCTL_TRY(const std::string folder, repository.below_root(project_.directory));
  const auto take = [this, &repository] {
    return checkout_ ? repository.source_tree_of(checkout_->revision().commit)
                     : repository.source_tree(counts_as_source);
  };
  DEPLOYCTL_TRY(const vcs::SourceTree tree, take());
  DEPLOYCTL_TRY(source_->tree, tree.hash({}, folder));
  // The working tree may change while people look at the plan, so it is taken anew.
  source_->sources_hash = [this, take, folder](const std::vector<std::string>& globs) -> Result<std::string> {
    const std::lock_guard lock(repository_mutex_);
    DEPLOYCTL_TRY(const vcs::SourceTree now, take());
    return now.hash(globs, folder);
  };
  DEPLOYCTL_TRY(const vcs::CommitLine commit, repository.commit(source_->commit));
  source_->commit_author = commit.author;
  if (const auto time = parse_time(commit.time)) source_->committed_at = *time;
  source_->planner = repository.user_email();
  source_->shallow = loaded_.surroundings.facts.git->shallow;
  source_->kinship = [this, &repository, head = source_->commit](const std::string& other) {
    const std::lock_guard lock(repository_mutex_);
    return repository.kinship(head, other);
  };
  source_->file_at = [this, &repository, folder](const std::string& revision, const std::string& path) {
    const std::lock_guard lock(repository_mutex_);
    return repository.file_at(revision, (std::filesystem::path(folder) / path).lexically_normal().string());
  };
  source_->commits_since = [this, &repository, head = source_->commit](const std::string& since) {
    const std::lock_guard lock(repository_mutex_);
    return commits_between(repository, since, head);
  };
  return {};
}

engine::ApplyOptions Wiring::options() const {
  return {.lock_policy = invocation_.options.lock_policy,
          .lock_wait = invocation_.options.lock_wait,
          .prune = invocation_.line.has("prune"),
          .from = invocation_.line.value("from").value_or(""),
          .no_from = invocation_.line.value("no-from").value_or(""),
          .run_id = run_id_};
}

void Wiring::wire() {
  engine_.emplace(engine::Environment{
      .catalog = loaded_.catalog,
      .ports = Ports{*http_, *hosts_, *processes_, *files_, invocation_.clock, invocation_.random},
      .state = *state_,
      .history = *history_,
      .resolver = *resolver_,
      .redactions = invocation_.redactions,
      .events = invocation_.events.stream(),
      .interrupts = interruption_->interrupts(),
      .approve = {},
      .parallel = invocation_.options.parallel,
      .tool = DEPLOYCTL_VERSION,
      .user_at_host = user_at_host(invocation_),
      .command = command_text(invocation_),
      .variables = variables_,
  });
  engine_->leave_behind = [this, began = invocation_.clock.boot()](const engine::Ending& ending) {
    leave_process(invocation_, *this, ending, began);
  };
  if (invocation_.machine.outfit) invocation_.machine.outfit(*engine_);
}

} // namespace deployctl::cli
