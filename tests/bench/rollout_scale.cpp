// Schedules 10,000 simulated steps over 1,000 hosts, ten to a host, and prints what one event cost as a JSON
// line. Every job is answered at once on this one thread, so what is measured is the scheduler alone.
//   rollout_scale chains | waves [fail]
// chains: 10,000 steps of one host each, every one after the one before on its host.
// waves:  10 steps of 1,000 hosts each, in waves of 10%, one after the other.
// fail:   the last stage fails, and everything is taken back.

#include <chrono>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "engine/scheduler.hpp"

namespace {

using namespace deployctl;
using namespace deployctl::engine;

constexpr std::size_t host_count = 1'000;
constexpr std::size_t steps_a_host = 10;
constexpr std::size_t wave_count = 10;

const std::vector<Stage>& host_stages() {
  static const std::vector<Stage> stages = {{.name = "upload", .kind = StageKind::prepare},
                                            {.name = "switch", .ready = ReadyRule{.consecutive = 2}},
                                            {.name = "clean-up", .kind = StageKind::finish}};
  return stages;
}

Program chains() {
  Program program{.parallel = 64};
  for (std::size_t i = 0; i < host_count * steps_a_host; ++i) {
    StepWork step{.id = fmt::format("step-{}", i)};
    if (i >= host_count) step.needs.push_back(i - host_count);
    program.steps.push_back(std::move(step));
  }
  return program;
}

Program waves() {
  Program program{.parallel = 64};
  for (std::size_t i = 0; i < steps_a_host; ++i) {
    StepWork step{.id = fmt::format("step-{}", i)};
    if (i > 0) step.needs.push_back(i - 1);
    program.steps.push_back(std::move(step));
  }
  return program;
}

Work work_on(std::size_t hosts) {
  Work work;
  const std::size_t size = hosts > wave_count ? hosts / wave_count : 1;
  for (std::size_t host = 0; host < hosts; ++host) {
    work.targets.push_back({.name = fmt::format("app-{}", host), .stages = host_stages()});
    if (host % size == 0) work.waves.emplace_back();
    work.waves.back().push_back(host);
  }
  return work;
}

// Kilobytes, the kernel's own high-water mark of this process.
long peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::strtol(line.c_str() + 6, nullptr, 10);
  return 0;
}

class Answers {
public:
  Answers(Program program, std::size_t hosts_a_step, bool fails)
      : last_step_(program.steps.size() - 1), fails_(fails), hosts_a_step_(hosts_a_step),
        scheduler_(std::move(program)) {}

  // How many events it took.
  std::size_t run() {
    give(Started{});
    std::size_t events = 1;
    for (; !scheduler_.finished(); ++events) {
      if (reports_.empty()) return 0; // nothing to answer, and no end: a bug
      const ReportBody next = std::move(reports_.front());
      reports_.pop_front();
      give(next);
    }
    return events;
  }

  [[nodiscard]] std::size_t standings() const { return scheduler_.standings().size(); }

private:
  void give(const ReportBody& report) {
    now_ += Milliseconds{1};
    for (const Command& command : scheduler_.advance({now_, report}))
      std::visit([this](const auto& each) { answer(each); }, command);
  }

  void answer(const TakeTurn& job) { reports_.emplace_back(TurnTaken{job.step, work_on(hosts_a_step_)}); }
  void answer(const RunStage& job) {
    const bool last =
        job.id.at.step == last_step_ && job.id.at.target + 1 == hosts_a_step_ && job.id.stage == 2;
    std::optional<Error> error;
    if (fails_ && last && !job.id.back) error = Error{.message = "it broke"};
    reports_.emplace_back(StageDone{job.id, std::move(error)});
  }
  void answer(const PollReady& job) { reports_.emplace_back(ReadyPolled{job.id, {}}); }
  void answer(const JudgeGate& job) {
    reports_.emplace_back(GateJudged{job.id, {Verdict::State::pass, "", {}}, {}});
  }
  void answer(const PlanRevert& job) {
    if (job.round > 0)
      reports_.emplace_back(RevertPlanned{job.at, std::nullopt});
    else
      reports_.emplace_back(RevertPlanned{job.at, std::vector<Stage>{Stage{.name = "restore"}}});
  }
  void answer(const AskLeave& job) { reports_.emplace_back(LeaveAnswered{job.step, job.place, {}}); }
  void answer(const StartTimer& timer) { reports_.emplace_back(TimerFired{timer.token}); }
  template <class Said>
  void answer(const Said&) {} // needs no answer

  std::size_t last_step_;
  bool fails_;
  std::size_t hosts_a_step_;
  Scheduler scheduler_;
  std::deque<ReportBody> reports_;
  Milliseconds now_{0};
};

int measure(std::string_view shape, bool fails) {
  const bool in_waves = shape == "waves";
  Answers answers(in_waves ? waves() : chains(), in_waves ? host_count : 1, fails);
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t events = answers.run();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (events == 0 || answers.standings() != host_count * steps_a_host) return 1;
  fmt::print("{{\"shape\":\"{}\",\"fails\":{},\"events\":{},\"events_per_second\":{:.0f},"
             "\"microseconds_per_event\":{:.2f},\"peak_mb\":{:.1f}}}\n",
             shape, fails, events, static_cast<double>(events) / seconds,
             seconds * 1e6 / static_cast<double>(events), static_cast<double>(peak_kilobytes()) / 1024.0);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const std::string_view shape = argc > 1 ? argv[1] : "";
  if (shape != "chains" && shape != "waves") return 64;
  return measure(shape, argc > 2 && std::string_view(argv[2]) == "fail");
}
