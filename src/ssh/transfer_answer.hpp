// What a host says is there already, as values. Pure; its input comes from another machine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <deployctl/ports/hosts.hpp>

namespace deployctl::ssh {

struct Standing {
  std::string sha256; // hex; empty for a link
  unsigned mode = 0;
  std::string link;
  friend bool operator==(const Standing&, const Standing&) = default;
};

struct TransferAnswer {
  std::optional<std::uint64_t> free_kibibytes;
  std::string mount; // of the file system that the destination is on
  std::map<std::string, Standing, std::less<>> standing;
};

// Lines that are none of look_script's are passed over: then the file counts as not there and is sent.
TransferAnswer read_transfer_answer(std::string_view out);

bool stands_already(const TransferAnswer& answer, const HostFile& file);

} // namespace deployctl::ssh
