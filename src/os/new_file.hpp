// A file that is written from its beginning, for bytes that are needed as long as the program runs: not
// synced. What has to survive a crash is files.hpp.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::os {

class NewFile {
public:
  // Mode 0600. Cause::conflict when something has the name already.
  static Result<NewFile> create(const std::string& path);
  Status write(std::string_view bytes); // Cause::capacity when the disk is full

private:
  NewFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  Descriptor file_;
};

} // namespace deployctl::os
