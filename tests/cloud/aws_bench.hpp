// AWS as a test wants it: a function answers requests, files are a map, time stands still until it is moved.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cloud/aws/credential_chain.hpp"

namespace deployctl::tests {

class StandingClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return now; }
  [[nodiscard]] std::chrono::nanoseconds boot() const override { return now.time_since_epoch(); }
  WallTime now = parse_time("2026-03-01T12:00:00Z").value();
};

class EvenRandom final : public Random {
public:
  void fill(std::span<std::byte> out) override { std::ranges::fill(out, std::byte{0}); }
};

class AnsweringHttp final : public Http {
public:
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token) override {
    const std::lock_guard lock(mutex_); // a resolver asks its stores side by side
    requests.push_back(request);
    return answer(request);
  }
  std::function<Result<HttpResponse>(const HttpRequest&)> answer = [](const HttpRequest&) {
    return fail(Cause::network, "nothing listens here");
  };
  std::vector<HttpRequest> requests;

private:
  std::mutex mutex_;
};

class AnsweringProcesses final : public Processes {
public:
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token) override {
    requests.push_back(request);
    return result;
  }
  ProcessResult result;
  std::vector<ProcessRequest> requests;
};

inline std::string bytes_of(const Text& text) {
  return text.plain() ? *text.plain() : std::string(text.secret()->reveal());
}

inline std::string header_of(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return bytes_of(value);
  return {};
}

struct AwsBench {
  AnsweringHttp http;
  AnsweringProcesses processes;
  StandingClock clock;
  EvenRandom random;
  std::vector<Milliseconds> waits;
  std::vector<std::string> learned;
  std::map<std::string, std::string> files;
  aws::Environment environment{{"HOME", "/home/ann"}};
  Value written = Value::Map{};
  aws::Settings settings;
  std::optional<aws::Caller> caller;
  std::optional<aws::CredentialChain> chain;

  aws::CallerParts ports() {
    return {.http = http, .clock = clock, .random = random, .wait = [this](Milliseconds span, const auto&) {
              waits.push_back(span);
              return true;
            }};
  }

  aws::ReadFile reader() {
    return [this](const std::string& path, std::size_t) -> Result<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) return fail(Cause::not_found, "there is no file '" + path + "'");
      return found->second;
    };
  }

  // Reads the settings and makes the chain anew.
  void open() {
    settings = aws::read_settings(written, environment, reader()).value();
    caller.emplace(ports(), settings);
    aws::ChainParts parts{.ports = ports(), .processes = processes, .read_file = reader()};
    parts.write_file = [this](const std::string& path, const std::string& bytes) -> Status {
      files[path] = bytes;
      return {};
    };
    parts.learn = [this](const Secret& secret) { learned.emplace_back(secret.reveal()); };
    chain.emplace(std::move(parts), settings, *caller);
  }

  Result<aws::Credentials> credentials() {
    open();
    return chain->credentials({});
  }

  std::string secret_key() {
    const auto found = credentials();
    if (!found) return "error: " + found.error().message;
    return std::string(found->secret_access_key.reveal());
  }
};

} // namespace deployctl::tests
