// One short command on many hosts: the first one, which logs in, and those behind it over the open
// connections. Prints one JSON line, then waits for the end of its input with the connections open:
//   fan_out SSH_CONFIG THREADS ROUNDS HOST...

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/system_clock.hpp"
#include "ssh/connections.hpp"

namespace {

using namespace deployctl;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

rusage usage() { // of this process alone: the masters are children that still run
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used;
}

double own_cpu() {
  const rusage used = usage();
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

bool succeeds(ssh::Connections& connections, const std::string& host) {
  const auto shell = connections.shell({.name = host, .address = host}, {});
  if (!shell) return false;
  const auto session = (*shell)->start("true", {});
  if (!session) return false;
  (*session)->streams().input.close();
  const auto end = (*session)->wait({});
  return end && end->how == ssh::SessionEnd::How::exited && end->exit_code == 0;
}

// Seconds for one command on each host; counts the failures.
double fan_out(ssh::Connections& connections, const std::vector<std::string>& hosts, std::size_t threads,
               int& failures) {
  std::atomic<std::size_t> next = 0;
  std::atomic<int> failed = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < threads; ++i)
      workers.emplace_back([&] {
        for (std::size_t at = next++; at < hosts.size(); at = next++)
          if (!succeeds(connections, hosts[at])) ++failed;
      });
  }
  failures += failed;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Status run(const std::string& config, std::size_t threads, int rounds,
           const std::vector<std::string>& hosts) {
  const SystemClock clock;
  SystemRandom random;
  DEPLOYCTL_TRY(const auto connections,
                ssh::Connections::create(clock, random, os::read_environment(), {.config_file = config}));
  int failures = 0;
  const double cold = fan_out(*connections, hosts, threads, failures);
  const double cold_cpu = own_cpu();
  std::vector<double> warm;
  for (int round = 0; round < rounds; ++round)
    warm.push_back(fan_out(*connections, hosts, threads, failures));
  const double warm_cpu = (own_cpu() - cold_cpu) / rounds;
  std::sort(warm.begin(), warm.end());
  fmt::print("{{\"hosts\": {}, \"failures\": {}, \"cold_s\": {:.3f}, \"cold_own_cpu_s\": {:.3f}, \"warm_s\": "
             "{:.4f}, "
             "\"warm_own_cpu_s\": {:.4f}, \"own_peak_mb\": {:.1f}}}\n",
             hosts.size(), failures, cold, cold_cpu, warm.at(warm.size() / 2), warm_cpu,
             static_cast<double>(usage().ru_maxrss) / 1024);
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return {};
}

} // namespace

int main(int count, char** words) {
  constexpr int first_host = 4;
  if (count <= first_host) return 2;
  const std::vector<std::string> hosts(words + first_host, words + count);
  const Status done = run(words[1], std::stoul(words[2]), std::stoi(words[3]), hosts);
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 1;
}
