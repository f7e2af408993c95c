// The provider instances of one run: each connected once, on first use, and kept until the run ends; and the
// guarded sessions in which verbs are called. For the planner and for everything that executes a plan. Not a
// pool of sockets: those are a Connection's own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "base/guard.hpp"
#include "config/pipeline.hpp"

namespace deployctl::secrets {
class Resolver;
}

namespace deployctl::engine {

// Connection secrets put in; secrets::Resolver::resolve.
using ResolveSecrets = std::function<Result<Value>(const Value&, std::stop_token)>;
ResolveSecrets resolved_by(secrets::Resolver& resolver); // which outlives the answer

class Connections {
public:
  Connections(Ports ports, std::vector<config::ProviderInstance> instances, ResolveSecrets resolve);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // One connection an instance and action family ("host" of "host.release"): actions of a family share its
  // type. Thread-safe; callers of the same one wait for its first caller, others do not. A failure is not
  // kept.
  Result<Connection*> get(const Provider& provider, const std::string& instance, std::stop_token stop);

  [[nodiscard]] Ports ports() const { return ports_; }

private:
  struct Entry;

  Result<Connection*> connect(Entry& entry, const Provider& provider, const std::string& instance,
                              std::stop_token stop);
  [[nodiscard]] Value settings_of(const std::string& instance) const;

  Ports ports_;
  std::vector<config::ProviderInstance> instances_;
  ResolveSecrets resolve_;
  std::mutex mutex_; // guards entries_; each entry has its own for connecting
  std::map<std::string, std::unique_ptr<Entry>> entries_;
};

// A ReadSession whose ports refuse what the provider's operation table does not list as read, dry_run or
// auth. `inputs` are those of the asks it will be used for (operations that are the user's own text).
class ReadAccess {
public:
  ReadAccess(const Provider& provider, Connection& connection, Ports ports, std::vector<Value> inputs,
             std::stop_token stop)
      : guard_(ports, provider.description, SessionMode::read, std::move(inputs)), session_{connection,
                                                                                            guard_.ports(),
                                                                                            std::move(stop)} {
  }

  [[nodiscard]] ReadSession& session() { return session_; }

private:
  GuardedPorts guard_;
  ReadSession session_;
};

} // namespace deployctl::engine
