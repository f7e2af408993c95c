// Where a scenario happens: a folder of its own with the scenario's files, the working directory while it
// lasts, a git repository when it is asked for, and signals that only the program under test takes.
#pragma once

#include <csignal>
#include <filesystem>
#include <string>

#include <deployctl/ports/clock.hpp>

namespace deployctl::scenarios {

class Place {
public:
  // Holds the files of `folder`, besides script and transcript.
  explicit Place(const std::filesystem::path& folder);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::string read(const std::string& name) const;
  void write(const std::string& name, const std::string& text) const;
  // git with a fixed identity and the time of `clock`, the first time after `git init`; throws when it fails.
  void git(const std::string& arguments, const Clock& clock, const std::string& author = "Ann") const;

private:
  std::filesystem::path root_;
  std::filesystem::path before_;
  sigset_t mask_before_{};
};

} // namespace deployctl::scenarios
