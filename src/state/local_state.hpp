// The folder `.deployctl/` beside the pipeline: where everything local is kept, and by which names.
//   runs/<ulid>.journal  blobs/sha256/ab/cdef…  history.db
//   stacks/<project>/<environment>/{cell.json,lock,key,audit.log}
#pragma once

#include <string>
#include <vector>

#include <deployctl/ports/clock.hpp>
#include <deployctl/secret.hpp>

#include "state/blobs.hpp"
#include "state/cell.hpp"

namespace deployctl::state {

class StackState {
public:
  StackState(std::string directory, std::string name, Random& random);

  [[nodiscard]] const std::string& name() const { return name_; } // "hello/production"
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] CellFile cell() const;
  [[nodiscard]] std::string new_token() const; // random; whose writes to the cell are whose
  // 32 random bytes made on first use, mode 0600: what fingerprints of secrets are keyed with.
  [[nodiscard]] Result<Secret> key() const;

private:
  std::string directory_;
  std::string name_;
  Random* random_; // not owned
};

class LocalState {
public:
  // Creates the folder (0700, with a .gitignore that holds '*') if it is not there.
  static Result<LocalState> open(const std::string& pipeline_directory, Random& random);
  // The folder if it is there already; commands that only read create nothing. not_found when it is not.
  static Result<LocalState> find(const std::string& pipeline_directory, Random& random);

  [[nodiscard]] const std::string& directory() const { return directory_; }
  // Of the disk it stands on: "…/.deployctl is on tmpfs: releases are lost at reboot".
  [[nodiscard]] std::vector<std::string> warnings() const;

  // `name` is "project/environment". Creates its folder.
  [[nodiscard]] Result<StackState> stack(const std::string& name) const;
  [[nodiscard]] Result<std::vector<StackState>> stacks() const; // that exist, by name; for `lock list`

  [[nodiscard]] Blobs blobs() const { return Blobs(directory_ + "/blobs"); }
  [[nodiscard]] std::string history_path() const { return directory_ + "/history.db"; }
  [[nodiscard]] std::string journal_path(const std::string& run) const;
  [[nodiscard]] Result<std::vector<std::string>> journals() const; // run ids with a journal, oldest first

private:
  LocalState(std::string directory, Random& random) : directory_(std::move(directory)), random_(&random) {}

  std::string directory_;
  Random* random_; // not owned
};

} // namespace deployctl::state
