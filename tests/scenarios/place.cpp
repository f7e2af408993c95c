#include "scenarios/place.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "golden.hpp"

namespace deployctl::scenarios {
namespace {

constexpr std::string_view own_files[] = {"script.yaml", "transcript.txt"};

bool is_own(const std::filesystem::path& path) {
  return std::find(std::begin(own_files), std::end(own_files), path.filename().string()) !=
         std::end(own_files);
}

} // namespace

Place::Place(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "deployctl-scenario-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  root_ = std::filesystem::canonical(pattern);
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (!is_own(entry.path()))
      std::filesystem::copy(entry.path(), root_ / entry.path().filename(),
                            std::filesystem::copy_options::recursive);
  std::filesystem::current_path(root_);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, &mask_before_);
}

Place::~Place() {
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  std::error_code ignored; // nothing to do about it in a test that is over
  std::filesystem::current_path(before_, ignored);
  std::filesystem::remove_all(root_, ignored);
}

std::string Place::read(const std::string& name) const {
  return golden::read(root_ / name);
}

void Place::write(const std::string& name, const std::string& text) const {
  std::ofstream(root_ / name, std::ios::binary) << text;
}

void Place::git(const std::string& arguments, const Clock& clock, const std::string& author) const {
  if (!std::filesystem::exists(root_ / ".git") && arguments != "init -q -b main")
    git("init -q -b main", clock, author);
  const auto at = std::chrono::duration_cast<std::chrono::seconds>(clock.wall().time_since_epoch()).count();
  const std::string identity = fmt::format("{0} GIT_{1}_EMAIL={2}@example.com GIT_{1}_DATE='{3} +0000' ",
                                           author, "AUTHOR", to_lower(author), at);
  const std::string committer = fmt::format("{0} GIT_{1}_EMAIL={2}@example.com GIT_{1}_DATE='{3} +0000' ",
                                            author, "COMMITTER", to_lower(author), at);
  const std::string command =
      fmt::format("cd '{}' && env -u GIT_DIR -u GIT_INDEX_FILE -u GIT_WORK_TREE GIT_CONFIG_GLOBAL=/dev/null "
                  "GIT_AUTHOR_NAME={} GIT_COMMITTER_NAME={} git -c commit.gpgsign=false {}",
                  root_.string(), identity, committer, arguments);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("git " + arguments + " failed");
}

} // namespace deployctl::scenarios
