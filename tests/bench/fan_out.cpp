// Does the same on many hosts over src/ssh, a limited number of them at a time, and prints one JSON line for
// each order on its input; the connections stay open until the end of the input:
//   fan_out SSH_CONFIG AT_ONCE CONNECT_TIMEOUT_MS HOST...
//   true              one `true`, as a bare session; the first order logs in
//   commands COUNT    so many different commands, as steps run them: leashed, one after the other on a host
//   lines FROM COUNT  hosts from the FROM-th on print COUNT numbered lines; each must come, in their order
// SSH_PROGRAM names another ssh.

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include <fmt/core.h>
#include <fmt/format.h>

#include "base/system_clock.hpp"
#include "ssh/connections.hpp"
#include "ssh/ssh_hosts.hpp"

namespace {

using namespace deployctl;
using Steady = std::chrono::steady_clock;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double own_cpu() { // of this process alone: the masters are children
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

double own_status(const std::string& field) { // "VmHWM" in kB, "Threads"
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1));
  return -1;
}

void forget_own_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

struct Fleet {
  const Clock& clock;
  Random& random;
  ssh::Connections& connections;
  std::vector<std::string> names;
  std::size_t at_once = 1;
};

// Counts lines that hold the numbers from 1 on, each in its turn.
class NumberedLines final : public LineSink {
public:
  void line(Stream /*stream*/, std::string_view text) override {
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    long number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number == count_ + 1) ++count_;
  }
  [[nodiscard]] long count() const { return count_; }

private:
  long count_ = 0;
};

using Work = std::function<bool(const std::string& host)>;

Work bare_true(Fleet& fleet) {
  return [&fleet](const std::string& host) {
    const auto shell = fleet.connections.shell({.name = host, .address = host}, {});
    if (!shell) return false;
    const auto session = (*shell)->start("true", {});
    if (!session) return false;
    (*session)->streams().input.close();
    const auto end = (*session)->wait({});
    return end && end->how == ssh::SessionEnd::How::exited && end->exit_code == 0;
  };
}

Work commands(Fleet& fleet, int count) {
  return [&fleet, count](const std::string& host) {
    ssh::SshHosts hosts(fleet.clock, fleet.random, fleet.connections);
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      const HostCommand command{
          .operation = "step " + number, .script = "echo step $1", .arguments = {number}};
      const auto result = hosts.run({.name = host, .address = host}, command, {});
      if (!result || result->exit_code != 0 || result->out != "step " + number + "\n") return false;
    }
    return true;
  };
}

Work lines(Fleet& fleet, long count) {
  return [&fleet, count](const std::string& host) {
    NumberedLines sink;
    ssh::SshHosts hosts(fleet.clock, fleet.random, fleet.connections);
    const HostCommand command{.operation = "lines",
                              .script = "exec seq -f %015.0f 1 $1",
                              .arguments = {std::to_string(count)},
                              .timeout = Milliseconds(600'000),
                              .capture_limit = 16U << 10,
                              .output = &sink};
    const auto result = hosts.run({.name = host, .address = host}, command, {});
    return result && result->exit_code == 0 && sink.count() == count;
  };
}

struct Outcome {
  double seconds = 0;
  double cpu = 0;
  double threads = 0;
  std::vector<double> ends; // of each host, in seconds from the start; below zero: failed
};

Outcome on_all(const Fleet& fleet, std::size_t first, const Work& work) {
  constexpr std::size_t looks = 8;
  Outcome outcome{.ends = std::vector<double>(fleet.names.size() - first)};
  std::atomic<std::size_t> next = 0;
  std::atomic<double> threads = 0;
  const double cpu = own_cpu();
  const auto begin = Steady::now();
  const auto elapsed = [begin] { return std::chrono::duration<double>(Steady::now() - begin).count(); };
  const auto worker = [&] {
    for (std::size_t at = next++; at < outcome.ends.size(); at = next++) {
      const bool done = work(fleet.names[first + at]);
      outcome.ends[at] = done ? elapsed() : -1;
      if (at % (outcome.ends.size() / looks + 1) == 0)
        threads = std::max(threads.load(), own_status("Threads"));
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(fleet.at_once, outcome.ends.size()); ++i)
      workers.emplace_back(worker);
  }
  outcome.seconds = elapsed();
  outcome.cpu = own_cpu() - cpu;
  outcome.threads = threads;
  return outcome;
}

void print(const Outcome& outcome, double before_kb) {
  const auto failures =
      std::count_if(outcome.ends.begin(), outcome.ends.end(), [](double end) { return end < 0; });
  fmt::print(
      "{{\"s\": {:.4f}, \"own_cpu_s\": {:.4f}, \"failures\": {}, \"threads\": {}, \"own_mb_before\": {:.1f}, "
      "\"own_peak_mb\": {:.1f}, \"ends\": [{:.4f}]}}\n",
      outcome.seconds, outcome.cpu, failures, outcome.threads, before_kb / 1024, own_status("VmHWM") / 1024,
      fmt::join(outcome.ends, ", "));
  std::fflush(stdout);
}

bool obey(Fleet& fleet, const std::string& order) {
  std::istringstream words(order);
  std::string name;
  std::size_t first = 0;
  long count = 1;
  words >> name;
  if (name == "lines") words >> first;
  if (name != "true") words >> count;
  if (!words || first >= fleet.names.size()) return false;
  forget_own_peak();
  const double before = own_status("VmRSS");
  if (name == "true") print(on_all(fleet, first, bare_true(fleet)), before);
  if (name == "commands") print(on_all(fleet, first, commands(fleet, static_cast<int>(count))), before);
  if (name == "lines") print(on_all(fleet, first, lines(fleet, count)), before);
  return true;
}

Status run(ssh::Client client, std::size_t at_once, std::vector<std::string> names) {
  const SystemClock clock;
  SystemRandom random;
  DEPLOYCTL_TRY(const auto connections,
                ssh::Connections::create(clock, random, os::read_environment(), std::move(client)));
  Fleet fleet{clock, random, *connections, std::move(names), at_once};
  for (std::string order; std::getline(std::cin, order);)
    if (!obey(fleet, order)) return fail(Cause::config, "this is not an order: " + order);
  return {};
}

} // namespace

int main(int count, char** words) {
  constexpr int first_host = 4;
  if (count <= first_host) return 2;
  ssh::Client client{.config_file = words[1], .connect_timeout = Milliseconds(std::stol(words[3]))};
  if (const char* const program = std::getenv("SSH_PROGRAM")) client.program = program;
  const Status done = run(std::move(client), std::stoul(words[2]), {words + first_host, words + count});
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 1;
}
