// What the Docker Engine API answers, as values: as much of it as deployctl looks at. Pure. What is missing
// in an answer is empty; what makes no sense without it is an error.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::docker {

using Labels = std::map<std::string, std::string>;

bool are_in(const Labels& wanted, const Labels& labels); // each with its text

struct Image {
  std::string id;                        // "sha256:..." of its configuration
  std::vector<std::string> repo_digests; // "registry/app@sha256:..."
  std::string platform;                  // "linux/amd64"
  std::int64_t size = 0;                 // bytes
};

// Whether what is in this state runs, or will again by itself.
bool is_active(const std::string& status);

struct Container {
  std::string id;
  std::string name; // without '/'
  std::string image_id;
  std::string image; // as it was asked for
  Labels labels;
  std::string status; // created | running | paused | restarting | removing | exited | dead
  int exit_code = 0;
  bool out_of_memory = false;
  std::string error;      // why it could not be started
  std::string health;     // starting | healthy | unhealthy; empty: it has no check
  std::string started_at; // RFC 3339
  std::string finished_at;
  int restarts = 0;
  std::string restart_policy; // no | always | unless-stopped | on-failure
  std::int64_t memory = 0;    // its limit in bytes; 0: none
  std::string address;        // in the first of its networks that gives it one

  [[nodiscard]] bool was_started() const { return status != "created"; }
  [[nodiscard]] bool has_ended() const { return status == "exited" || status == "dead"; }
};

// A row of a list.
struct ContainerLine {
  std::string id;
  std::string name;
  std::string status;
  Labels labels;
  std::int64_t created = 0; // seconds since 1970
  std::vector<int> ports;   // of the host
};

struct Network {
  std::string id;
  std::string name;
  std::string driver;
  Labels labels;
};

struct Volume {
  std::string name;
  std::string driver;
  Labels labels;
  std::map<std::string, std::string> options;
};

Result<Image> read_image(const Value& answer);
// What an image of a registry is there for: "linux/amd64"; none: it is not said.
std::vector<std::string> read_platforms(const Value& answer);
// "linux/amd64"; empty when one of the two is not known.
std::string platform_of(const std::string& system, const std::string& architecture);
Result<Container> read_container(const Value& answer);
Result<std::vector<ContainerLine>> read_containers(const Value& answer);
Result<Network> read_network(const Value& answer);
Result<Volume> read_volume(const Value& answer);
Result<std::string> read_id(const Value& answer); // of what was created

} // namespace deployctl::docker
