// A container engine in memory behind a unix socket that keeps to the Engine API: names are taken once, an
// image must be there, a container that runs is not removed. Its containers do by their first word: "echo"
// says the others, "fail" says its variables and ends with 3, "sleep" runs until it is stopped, "greedy" is
// killed for its memory, and what runs has the health that `health` says if it has a check. A port of the
// host is held by one container. The archive of an image is its id. Not a product server: it trusts its
// clients.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

#include "net/loopback_server.hpp"
#include "os/tree.hpp"

namespace deployctl::tests {

struct EngineContainer {
  std::string id;
  Value body; // as it was asked for
  std::string status = "created";
  int exit_code = 0;
  bool out_of_memory = false;
  std::string error;
  std::string output; // frames, with times
};

class StrictEngine {
public:
  // Asked before every answer; what it gives is sent instead.
  using Rule = std::function<std::optional<Reply>(const Received&)>;
  static constexpr const char* image =
      "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

  StrictEngine();

  [[nodiscard]] const std::string& socket() const { return socket_; }
  [[nodiscard]] std::vector<Received> requests() const { return server_.requests(); }
  [[nodiscard]] std::size_t count(const std::string& method, const std::string& part) const;
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] EngineContainer container(const std::string& name) const;
  // Behind its clients' backs.
  void start(const std::string& name);
  void end(const std::string& name);
  void change(const std::string& name, const Value::Map& host_settings);
  void forget(const std::string& name);
  // An image that can be pulled; `architecture`: empty when the registry does not say.
  void offer(const std::string& reference, const std::string& architecture = "amd64");

  // Set before the first request.
  Rule rule;
  std::string api = "1.41";
  std::string health = "healthy";

private:
  using Query = std::map<std::string, std::string>;

  Reply answer(const Received& received);
  Reply serve(const Received& received, const std::string& path, const Query& query);
  [[nodiscard]] Reply distribution(const std::string& path) const;
  Reply images(const Received& received, const std::string& path, const Query& query);
  Reply list(const Query& query) const;
  Reply create(const Received& received, const Query& query);
  Reply act(const Received& received, const std::string& name, const std::string& verb, const Query& query);
  Reply begin(EngineContainer& container);
  [[nodiscard]] Reply inspect(const std::string& name, const EngineContainer& container) const;
  [[nodiscard]] std::string find(const std::string& name_or_id) const; // the name; empty: there is none
  void run(EngineContainer& container);
  void say(EngineContainer& container, char stream, const std::string& line);

  os::TemporaryDirectory directory_ = os::TemporaryDirectory::create("/tmp", "deployctl-engine-").value();
  std::string socket_ = directory_.path() + "/docker.sock";
  mutable std::mutex mutex_;                          // guards what follows
  std::map<std::string, EngineContainer> containers_; // by name
  std::set<std::string> images_ = {image};
  std::map<std::string, std::string> offered_; // with their architecture
  int next_id_ = 0;
  int next_time_ = 0;
  LoopbackServer server_; // last: it uses the rest
};

} // namespace deployctl::tests
