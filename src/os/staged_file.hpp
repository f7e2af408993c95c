// A file that is written under a temporary name in its final directory and appears under its own name when
// complete.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::os {

class StagedFile {
public:
  // In an open directory, so that no link in the path can be swapped meanwhile. `directory` stays the
  // caller's.
  static Result<StagedFile> create(int directory, std::string name, std::string shown_path);
  StagedFile(StagedFile&&) noexcept = default;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile(); // removes what was not published

  Status write(std::string_view bytes);
  // Sets the mode, syncs the bytes and renames. The caller syncs the directory.
  Status publish(unsigned mode);
  // The same under a name found while writing, in another open directory of the same file system.
  Status publish(unsigned mode, int directory, const std::string& name);

private:
  StagedFile(int directory, std::string name, std::string temporary, std::string shown_path, Descriptor file);

  int directory_;
  std::string name_;
  std::string temporary_;  // empty when published
  std::string shown_path_; // for messages
  Descriptor file_;
};

// A name beside `name` that no other process or thread uses: ".name.XXXXXXXX".
std::string temporary_name(std::string_view name);

} // namespace deployctl::os
