// What host.release is asked for, and the release that follows from it: its name and its files. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/host/systemd_unit.hpp"
#include "providers/http_probe.hpp"
#include "providers/ownership.hpp"

namespace deployctl::providers::host {

struct Health : AnswerRule {
  std::string http; // a URL, or ":8000/path" on the host
  Milliseconds within{60'000};
  Milliseconds interval{500};
  int consecutive = 1;
  Milliseconds timeout{5'000};
};

struct ReleaseInputs : Ownership {
  std::string path;
  Value source;  // a tree, or null
  Value archive; // a file, or null
  std::map<std::string, std::string> shared;
  std::string version;
  std::string architecture; // "amd64"; empty: any
  std::vector<std::string> preflight;
  std::vector<std::string> reload;
  std::optional<Systemd> systemd;
  std::optional<Health> health;
  std::map<std::string, Text> env;
  int keep = 5;
};

Table<ReleaseInputs> release_table();
std::vector<Field> release_fields(); // those of the table, and `hosts`
std::vector<InputProblem> check_release(const Value& inputs);

// One entry that is linked to the folder `shared/`, which all releases have together.
struct SharedLink {
  std::string name;   // in the release: "config/.env"
  std::string link;   // its target: "../../../shared/.env"
  std::string target; // below shared/; ends with '/' when it is a folder that is created
};
std::vector<SharedLink> shared_links(const ReleaseInputs& inputs);

// The files of a tree as they stand on a host: {name: {sha256, mode} | {link}}, the mode 0755 or 0644 after
// the owner's execute bit, so that a checkout with another umask is the same release. With the shared links.
// Empty for an archive.
Value::Map wanted_entries(const ReleaseInputs& inputs);

// SHA-256 of what a release consists of: its entries, or its archive and shared links.
std::string release_digest(const ReleaseInputs& inputs);
// "1.4.2-0a1b2c3d4e5f": the version, if there is one, and the digest's beginning. Never random: the same
// content is the same release, also after a crash.
std::string release_name(const ReleaseInputs& inputs);

// Where the controller asks for health; ":8000/path" becomes a URL of the host.
std::string health_url(const std::string& http, const Host& host);

} // namespace deployctl::providers::host
