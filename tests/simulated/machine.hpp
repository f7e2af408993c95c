// The machine of a simulated run: a clock that tests move, seeded randomness, and ports that refuse
// everything, since simulated shapes act on a World and on nothing else.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>

#include <deployctl/session.hpp>

namespace deployctl::simulated {

// Starts at 2026-01-01T00:00:00Z. Moves only when it is told to; never back.
class VirtualClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override;
  [[nodiscard]] std::chrono::nanoseconds boot() const override;
  void advance(std::chrono::nanoseconds by);
  void advance_to(std::chrono::nanoseconds boot);

private:
  std::atomic<std::int64_t> now_{0};
};

class SeededRandom final : public Random {
public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void fill(std::span<std::byte> out) override;

private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

class RefusingHttp final : public Http {
public:
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;
};

class RefusingHosts final : public Hosts {
public:
  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override;
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override;
};

class RefusingProcesses final : public Processes {
public:
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token stop) override;
};

class RefusingFiles final : public Files {
public:
  Result<std::string> blob(const std::string& sha256) override;
  Result<std::string> find(const std::string& path, const std::string& sha256) override;
  Result<std::string> read(const std::string& path, std::size_t limit) override;
};

// Everything `Ports` refers to, in one place.
struct Machine {
  VirtualClock clock;
  SeededRandom random;
  RefusingHttp http;
  RefusingHosts hosts;
  RefusingProcesses processes;
  RefusingFiles files;

  [[nodiscard]] Ports ports() {
    return {.http = http,
            .hosts = hosts,
            .processes = processes,
            .files = files,
            .clock = clock,
            .random = random};
  }
};

} // namespace deployctl::simulated
