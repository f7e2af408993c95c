// A journal whose process dies at the n-th durable append: before anything of it is on disk, or right behind
// it. Death is an exception that nothing in the engine catches; everything in memory is gone with it.
#pragma once

#include <atomic>
#include <memory>

#include "engine/stack_rig.hpp"
#include "os/append_file.hpp"

namespace deployctl::engine {

struct Died {};

// From the n-th append on, the disk refuses.
class FullDisk final : public os::AppendFile {
public:
  FullDisk(std::unique_ptr<os::AppendFile> file, std::atomic<int>& left)
      : file_(std::move(file)), left_(left) {}

  Status append(std::string_view bytes) override {
    if (--left_ <= 0) return fail(Cause::capacity, "no space left on device");
    return file_->append(bytes);
  }
  Status sync() override { return file_->sync(); }
  Status finish() override { return file_->finish(); }

private:
  std::unique_ptr<os::AppendFile> file_;
  std::atomic<int>& left_;
};

enum class Death { before, behind };

class DyingFile final : public os::AppendFile {
public:
  DyingFile(std::unique_ptr<os::AppendFile> file, std::atomic<int>& left, Death death)
      : file_(std::move(file)), left_(left), death_(death) {}

  Status append(std::string_view bytes) override {
    const int left = --left_;
    if (left < 0 || (left == 0 && death_ == Death::before)) throw Died{};
    return file_->append(bytes);
  }
  Status sync() override {
    auto synced = file_->sync();
    if (left_ <= 0) throw Died{};
    return synced;
  }
  Status finish() override { return file_->finish(); }

private:
  std::unique_ptr<os::AppendFile> file_;
  std::atomic<int>& left_;
  Death death_;
};

// Opens journals whose files are wrapped by `wrap`.
template <class Wrap>
auto wrapped_journals(Wrap wrap) {
  return [wrap](const std::string& path,
                const state::JournalHeader* header) -> Result<std::unique_ptr<state::JournalWriter>> {
    if (header) DEPLOYCTL_CHECK(state::JournalWriter::create(path, *header));
    DEPLOYCTL_TRY(const auto content, state::read_journal(path));
    DEPLOYCTL_TRY(auto file, os::continue_append_file(path, content.end));
    return std::make_unique<state::JournalWriter>(wrap(std::move(file)), content.chain);
  };
}

// The ending, or none: the process died at that append.
inline std::optional<Ending> apply_until(StackRig& rig, int append, Death death) {
  std::atomic<int> left = append;
  const auto process = rig.process();
  process->environment.open_journal = wrapped_journals(
      [&left, death](auto file) { return std::make_unique<DyingFile>(std::move(file), left, death); });
  try {
    return apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options);
  } catch (const Died&) {
    return std::nullopt;
  }
}

inline Ending apply_on_full_disk(StackRig& rig, int append) {
  std::atomic<int> left = append;
  const auto process = rig.process();
  process->environment.open_journal =
      wrapped_journals([&left](auto file) { return std::make_unique<FullDisk>(std::move(file), left); });
  return apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options);
}

} // namespace deployctl::engine
