// Names of images: which registry, which repository, which tag or digest. Read as people write them and
// normalised, so that equal things have equal texts. Pure.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "registry/digest.hpp"

namespace deployctl::registry {

struct Repository {
  std::string host; // lower case, with its port: "ghcr.io", "localhost:5000", "[::1]:5000"; Hub: "docker.io"
  std::string name; // "library/nginx"

  [[nodiscard]] std::string text() const { return host + "/" + name; }
  friend auto operator<=>(const Repository&, const Repository&) = default;
  friend bool operator==(const Repository&, const Repository&) = default;
};

struct Reference {
  Repository repository;
  std::string tag; // may be empty
  Digest digest;   // may be empty; when it is there it decides, and the tag is a note

  // What a registry is asked for: the digest if there is one, else the tag.
  [[nodiscard]] std::string wanted() const { return digest.empty() ? tag : digest.text(); }
  [[nodiscard]] std::string text() const; // "docker.io/library/nginx:1.27@sha256:..."
  friend bool operator==(const Reference&, const Reference&) = default;
};

// "nginx" means "docker.io/library/nginx"; the first part is a host when it is "localhost" or holds '.' or
// ':'. Without tag and digest the tag is "latest". Cause::config.
Result<Reference> parse_reference(std::string_view text);
// The same without tag and digest.
Result<Repository> parse_repository(std::string_view text);
// "ghcr.io", "https://index.docker.io/v1/", "LOCALHOST:5000/": the host a repository names. Cause::config.
Result<std::string> parse_host(std::string_view text);
bool is_tag(std::string_view text);

// The host that answers for it ("registry-1.docker.io" for Hub).
std::string api_host(const std::string& host);
// 127.0.0.0/8, ::1, localhost: spoken to without TLS unless told otherwise.
bool is_loopback_host(const std::string& host);

} // namespace deployctl::registry
