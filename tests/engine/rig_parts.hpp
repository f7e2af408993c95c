// Parts of the rigs of this folder: a folder that goes away, collected events, a pipeline folder without
// files.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <deployctl/ports/sinks.hpp>

#include "config/probes.hpp"

namespace deployctl::engine {

class TemporaryFolder {
public:
  TemporaryFolder() {
    // Memory where there is some: these tests sync much and lose no power.
    const bool memory = std::filesystem::is_directory("/dev/shm");
    const auto place = memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    std::string pattern = (place / "deployctl-engine-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored; // nothing to do about it in a test that is over
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  std::string path_;
};

class EventLog final : public EventSink {
public:
  void emit(Event event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  [[nodiscard]] std::vector<std::string> messages(const std::string& type) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> messages;
    for (const Event& event : events_)
      if (event.type == type) messages.push_back(event.message);
    return messages;
  }

private:
  mutable std::mutex mutex_;
  std::vector<Event> events_;
};

class NoFiles final : public config::FileProbe {
public:
  [[nodiscard]] Result<Value> file(const std::string& path) const override {
    return fail(Cause::not_found, path);
  }
  [[nodiscard]] Result<Value> tree(const std::string& path) const override {
    return fail(Cause::not_found, path);
  }
  [[nodiscard]] bool exists(const std::string&) const override { return false; }
};

} // namespace deployctl::engine
