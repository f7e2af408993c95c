// The files of a transfer as the bytes of the tar that receive_script takes: a list of what must arrive, then
// the files as they are read, each hashed on its way. For remote_transfer.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/ports/hosts.hpp>
#include <deployctl/result.hpp>

#include "base/crypto.hpp"
#include "os/descriptor.hpp"

namespace deployctl::ssh {

// Every folder above the files, parents first.
std::set<std::string> folders_of(const std::vector<const HostFile*>& files);

class FileStream {
public:
  explicit FileStream(std::vector<const HostFile*> files);

  // The next piece, valid until the next call; empty at the end. Cause::conflict when a source is not what
  // was planned.
  Result<std::string_view> next();

private:
  static constexpr std::size_t piece_size = 256U << 10;

  Result<std::string_view> open_next();
  Result<std::string_view> read_on();
  [[nodiscard]] std::string lists() const;

  std::vector<const HostFile*> files_;
  std::size_t file_ = 0; // the next one to open
  bool began_ = false;
  bool ended_ = false;
  os::Descriptor source_; // open while bytes of it are left
  std::uint64_t left_ = 0;
  std::uint64_t size_ = 0;
  Sha256 hash_;
  std::string text_; // headers
  std::unique_ptr<std::array<char, piece_size>> piece_ = std::make_unique<std::array<char, piece_size>>();
};

} // namespace deployctl::ssh
