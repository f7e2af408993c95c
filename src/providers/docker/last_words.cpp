#include "providers/docker/last_words.hpp"

#include "docker/log_lines.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr const char* how_many = "20";
constexpr int killed = 137; // 128 + SIGKILL

} // namespace

std::vector<std::string> last_words(const deployctl::docker::Engine& engine, const std::string& container,
                                    const std::stop_token& stop) {
  std::vector<std::string> words;
  deployctl::docker::LogLines lines([&](Stream, std::string_view line) { words.emplace_back(line); });
  lines.begin();
  (void)engine.read_logs(container, {.tail = how_many}, lines, stop);
  return words;
}

bool ran_out_of_memory(const deployctl::docker::Container& container) {
  return container.out_of_memory ||
         (container.has_ended() && container.exit_code == killed && container.memory != 0);
}

} // namespace deployctl::providers::docker
