// What tests of the registry client work with: HTTP that counts, credentials that are given, images in
// memory, and a clock whose waits take no time.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/system_clock.hpp"
#include "net/http.hpp"
#include "registry/client.hpp"
#include "registry/image_copy.hpp"

namespace deployctl::tests {

// Passes requests on and keeps "METHOD /path" of each, and how many bytes of bodies they carried.
class CountingHttp final : public Http {
public:
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    {
      const std::lock_guard lock(mutex_);
      const std::size_t path = request.url.find('/', request.url.find("://") + 3);
      seen_.push_back(request.method + " " + request.url.substr(path));
      if (request.source) body_bytes_ += request.source->size();
    }
    return inner_.send(request, std::move(stop));
  }

  [[nodiscard]] std::vector<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  [[nodiscard]] std::size_t count(const std::string& part) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(
        seen_, [&](const std::string& text) { return text.find(part) != std::string::npos; }));
  }
  [[nodiscard]] std::size_t count() const { return seen().size(); }
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }
  void forget() {
    const std::lock_guard lock(mutex_);
    seen_.clear();
    body_bytes_ = 0;
  }

private:
  net::CurlHttp inner_;
  mutable std::mutex mutex_;
  std::vector<std::string> seen_;
  std::atomic<std::uint64_t> body_bytes_ = 0;
};

class GivenCredentials final : public registry::CredentialSource {
public:
  Result<registry::Credential> credential(const registry::Repository&, const std::stop_token&) override {
    return given;
  }
  registry::Credential given{.source = "nobody"};
};

inline registry::Credential user_and_password(const std::string& user, const std::string& password) {
  return {
      .user = user, .password = Secret::reference("password").resolved_with(password), .source = "the test"};
}

class TextBody final : public BodySource {
public:
  explicit TextBody(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    return bytes_.copy(out.data(), out.size(), offset);
  }

private:
  std::string bytes_;
};

class CollectingSink final : public BodySink {
public:
  Status take(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  std::string text;
};

// An image or an index made in memory.
class TextImage final : public registry::ImageSource {
public:
  registry::Descriptor add_blob(const std::string& bytes, std::string_view type);
  // One of these layers; the last one made is the root.
  registry::Descriptor add_image(const std::vector<std::string>& layers, const std::string& note = {});
  registry::Descriptor add_index(const std::vector<registry::Descriptor>& children);
  registry::Descriptor add(const registry::Manifest& manifest);

  [[nodiscard]] Result<registry::Manifest> root() const override { return manifests_.at(root_); }
  [[nodiscard]] Result<registry::Manifest> manifest(const registry::Descriptor& of) const override {
    return manifests_.at(of.digest);
  }
  [[nodiscard]] Result<std::unique_ptr<BodySource>> blob(const registry::Descriptor& of) const override {
    return std::make_unique<TextBody>(blobs_.at(of.digest));
  }
  [[nodiscard]] const std::string& bytes(const registry::Digest& digest) const { return blobs_.at(digest); }
  [[nodiscard]] std::map<registry::Digest, std::string> everything() const; // blobs and manifests

private:
  std::map<registry::Digest, std::string> blobs_;
  std::map<registry::Digest, registry::Manifest> manifests_;
  registry::Digest root_;
};

TextImage note_about(const registry::Descriptor& subject); // of the type "application/vnd.example.note+json"

std::string noise(std::size_t size, unsigned seed); // bytes that differ by seed

// A client and all it needs, with waits that are only counted.
class ClientBench {
public:
  explicit ClientBench(std::string ca_file = {}) : ca_file_(std::move(ca_file)) {}

  CountingHttp http;
  GivenCredentials credentials;
  std::atomic<int> waits = 0;
  std::atomic<std::int64_t> waited_ms = 0;

private:
  std::string ca_file_;
  SystemClock clock_;
  SystemRandom random_;
  registry::RegistryMemory memory_;

public:
  registry::ClientParts parts{.http = http,
                              .clock = clock_,
                              .random = random_,
                              .wait =
                                  [this](Milliseconds span, const std::stop_token& stop) {
                                    ++waits;
                                    waited_ms += span.count();
                                    return !stop.stop_requested();
                                  },
                              .credentials = credentials,
                              .memory = memory_,
                              .settings =
                                  [this](const std::string&) {
                                    return registry::HostSettings{
                                        .plain_http = ca_file_.empty() ? std::optional<bool>() : false,
                                        .ca_file = ca_file_};
                                  },
                              .learn = {}};
  registry::Client client{parts};
};

} // namespace deployctl::tests
