// A registry in memory that keeps to the specification (OCI distribution 1.1) where docker-registry is lax:
// offsets of chunks, pages of tags, lists of referrers, tokens by scope. A test may bend one answer by a
// rule. Not a product server: it trusts its clients.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/loopback_server.hpp"
#include "registry/manifest.hpp"

namespace deployctl::tests {

class StrictRegistry {
public:
  // Asked before every answer; what it gives is sent instead.
  using Rule = std::function<std::optional<Reply>(const Received&)>;
  // Asked after an answer was made (and its effect took place).
  using Bend = std::function<void(const Received&, Reply&)>;

  explicit StrictRegistry(bool tokens = false);

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(server_.port()); }
  [[nodiscard]] std::vector<Received> requests() const { return server_.requests(); }
  [[nodiscard]] std::size_t count(const std::string& method, const std::string& part) const;
  [[nodiscard]] bool has_blob(const std::string& repository, const std::string& digest) const;
  [[nodiscard]] std::string tagged(const std::string& repository, const std::string& tag) const; // bytes

  // Put there behind its back.
  void keep_blob(const std::string& repository, const std::string& bytes);
  void keep_image(const std::string& repository, const std::string& tag, const registry::Manifest& manifest);
  void forget_blob(const std::string& repository, const std::string& digest);
  [[nodiscard]] std::string blob_bytes(const std::string& repository, const std::string& digest) const;
  void forget_tag(const std::string& repository, const std::string& tag);

  // Set before the first request.
  Rule rule;
  Bend bend;
  std::size_t page = 100;             // of tags
  bool referrers = true;              // offers the list
  int token_life = 300;               // seconds, as told
  std::vector<std::string> token_log; // the query of each request for a token

private:
  struct Upload {
    std::string bytes;
    int state = 0; // every answer names a new one, and only that is good
  };

  Reply answer(const Received& received);
  Reply serve(const Received& received);
  Reply token(const Received& received);
  std::optional<Reply> refuse(const Received& received, const std::string& repository, bool push);
  Reply manifests(const Received& received, const std::string& repository, const std::string& reference);
  Reply put_manifest(const Received& received, const std::string& repository, const std::string& reference);
  Reply blob(const Received& received, const std::string& repository, const std::string& digest);
  Reply start(const Received& received, const std::string& repository);
  Reply upload(const Received& received, const std::string& repository, const std::string& id);
  Reply tags(const Received& received, const std::string& repository);
  Reply list_referrers(const std::string& repository, const std::string& digest);

  bool tokens_;
  mutable std::mutex mutex_;                     // guards what follows
  std::map<std::string, std::string> blobs_;     // by "repository digest"
  std::map<std::string, std::string> manifests_; // by "repository digest"
  std::map<std::string, std::string> types_;     // by digest
  std::map<std::string, std::map<std::string, std::string>> tags_;
  std::map<std::string, Upload> uploads_;
  int next_upload_ = 0;
  LoopbackServer server_; // last: it uses the rest
};

} // namespace deployctl::tests
