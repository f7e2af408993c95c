// What a provider's verb is given: the ports, already guarded by the operation table, and for writes the two
// things it may make durable. Providers never print, sleep, read the environment or see YAML.
#pragma once

#include <stop_token>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/files.hpp>
#include <deployctl/ports/hosts.hpp>
#include <deployctl/ports/http.hpp>
#include <deployctl/ports/processes.hpp>
#include <deployctl/ports/sinks.hpp>
#include <deployctl/value.hpp>

namespace deployctl {

struct Ports {
  Http& http;
  Hosts& hosts;
  Processes& processes;
  Files& files;
  Clock& clock;
  Random& random;
};

// What one provider instance keeps for the run: tokens, pools, rate limits. Thread-safe, owned by the run.
class Connection {
public:
  virtual ~Connection() = default;
};

// One entry under `providers:`, with connection secrets resolved.
struct InstanceSettings {
  std::string name; // "aws.production"; the bare provider name when nothing was declared
  Value settings;
};

// Its ports refuse every request that the table does not list as read, dry_run or auth.
struct ReadSession {
  Connection& connection;
  Ports ports;
  std::stop_token stop;
};

// What a stage may make durable before its effect. Both are on disk when they return.
class Effects {
public:
  virtual ~Effects() = default;
  virtual Status remote_id(std::string id) = 0; // as soon as the target names its operation
  virtual Status undo(Value data) = 0;          // before the effect it would take back
};

struct WriteSession {
  Connection& connection;
  Ports ports;
  Effects& effects;
  LineSink& output;
  std::stop_token stop;
};

} // namespace deployctl
