#include "base/log.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <unistd.h>

#include "base/strings.hpp"

namespace deployctl {
namespace {

constexpr std::array<spdlog::level::level_enum, 4> levels = {spdlog::level::debug, spdlog::level::info,
                                                             spdlog::level::warn, spdlog::level::err};

spdlog::level::level_enum to_spdlog(Level level) {
  return levels.at(static_cast<std::size_t>(level));
}

} // namespace

struct Log::Sink {
  Sink(const std::string& path, const RedactionSet& run_secrets)
      : logger("deployctl", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path)), secrets(run_secrets) {
  }

  spdlog::logger logger;
  const RedactionSet& secrets;
};

Result<Log> Log::open(const std::string& path, const RedactionSet& secrets, Level least) {
  // Created here, because the library would create it readable for all.
  const int created = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (created < 0)
    return fail(Cause::internal,
                "cannot write the log '" + path + "': " + std::generic_category().message(errno));
  ::close(created);
  try {
    auto sink = std::make_unique<Sink>(path, secrets);
    sink->logger.set_level(to_spdlog(least));
    sink->logger.flush_on(spdlog::level::warn);
    sink->logger.set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v",
                                                                           spdlog::pattern_time_type::utc));
    return Log(std::move(sink));
  } catch (const spdlog::spdlog_ex& error) {
    return fail(Cause::internal, "cannot write the log '" + path + "': " + error.what());
  }
}

Log::Log(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

void Log::write(Level level, std::string_view message) {
  if (!sink_->logger.should_log(to_spdlog(level))) return;
  const std::string safe = replace_all(sink_->secrets.redact(message), "\n", "\n    ");
  sink_->logger.log(to_spdlog(level), spdlog::string_view_t(safe.data(), safe.size()));
}

void Log::flush() {
  sink_->logger.flush();
}

} // namespace deployctl
