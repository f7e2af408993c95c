// A Docker engine, asked over its API: one request a call, its answer as a value. Stateless apart from where
// it answers; guarded ports decide what may be asked. It never waits and never tries again: that is for those
// who know what the call was for.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/http.hpp>
#include <deployctl/ports/sinks.hpp>
#include <deployctl/text.hpp>

#include "docker/answers.hpp"
#include "docker/calls.hpp"
#include "docker/log_lines.hpp"
#include "docker/version.hpp"

namespace deployctl::docker {

struct LogRequest {
  bool follow = false; // until the container ends; an engine that says nothing for a minute ends it as well
  std::string since;   // seconds since 1970; empty: from the beginning
  std::string tail;    // how many of the last lines; empty: all
  Milliseconds timeout{60'000};
};

class Engine {
public:
  // The engine behind the socket, and which version of its API both sides speak. `place`: as people know the
  // socket; empty: by itself.
  static Result<Endpoint> meet(Http& http, const std::string& socket, const std::stop_token& stop,
                               const std::string& place = {});

  // `http` outlives it.
  Engine(Http& http, Endpoint endpoint) : http_(http), endpoint_(std::move(endpoint)) {}

  Result<Value> info(const std::stop_token& stop) const;

  // None when there is no such image; the same for the others that are looked for.
  Result<std::optional<Image>> find_image(const std::string& name, const std::stop_token& stop) const;
  // `reference` has a digest. `login`: the header X-Registry-Auth; empty: nobody.
  // What the registry has it for, "linux/amd64"; none: it does not say.
  Result<std::vector<std::string>> find_platforms(const std::string& reference, const Text& login,
                                                  const std::stop_token& stop) const;
  Status pull(const std::string& reference, const Text& login, LineSink* output,
              const std::stop_token& stop) const;

  // A tar as `docker save` writes it, sent while it is read. The caller looks which images were in it.
  Status load(BodySource& archive, const std::stop_token& stop) const;

  Result<std::optional<Container>> find_container(const std::string& name, const std::stop_token& stop) const;
  // Also those that have ended; all of the labels fit, none: all there are. Newest first.
  Result<std::vector<ContainerLine>> list_containers(const Labels& labels, const std::stop_token& stop) const;
  // `body` may hold secrets. The id of what was made.
  Result<std::string> create_container(const std::string& name, const Value& body,
                                       const std::stop_token& stop) const;
  Status start(const std::string& container, const std::stop_token& stop) const; // started already is well
  // Its signal, then after `grace` SIGKILL; ended already is well.
  Status stop(const std::string& container, Milliseconds grace, const std::stop_token& stop) const;
  Status kill(const std::string& container, const std::string& signal, const std::stop_token& stop) const;
  // Its exit code, when it has ended.
  Result<int> wait(const std::string& container, Milliseconds timeout, const std::stop_token& stop) const;
  Status rename(const std::string& container, const std::string& name, const std::stop_token& stop) const;
  // `memory` in bytes, unless it is to stay as it is.
  Status update(const std::string& container, const std::string& restart_policy,
                std::optional<std::int64_t> memory, const std::stop_token& stop) const;
  Status remove(const std::string& container, const std::stop_token& stop) const; // gone already is well
  // Hands over lines until the stream ends.
  Status read_logs(const std::string& container, const LogRequest& request, LogLines& lines,
                   const std::stop_token& stop) const;

  Result<std::optional<Network>> find_network(const std::string& name, const std::stop_token& stop) const;
  Result<std::string> create_network(const std::string& name, const Labels& labels,
                                     const std::stop_token& stop) const;
  Result<std::optional<Volume>> find_volume(const std::string& name, const std::stop_token& stop) const;
  Result<Volume> create_volume(const std::string& name, const Labels& labels,
                               const std::stop_token& stop) const;

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

private:
  [[nodiscard]] HttpRequest request(Call call, std::string_view subject = {}, const Query& query = {}) const;
  Result<HttpResponse> send(const HttpRequest& request, std::initializer_list<int> wanted,
                            const std::stop_token& stop) const;
  Result<Value> ask(const HttpRequest& request, std::initializer_list<int> wanted,
                    const std::stop_token& stop) const;
  Result<std::optional<Value>> look(Call call, const std::string& subject, const std::stop_token& stop) const;
  Status tell(const HttpRequest& request, std::initializer_list<int> wanted,
              const std::stop_token& stop) const;

  Http& http_;
  Endpoint endpoint_;
};

} // namespace deployctl::docker
