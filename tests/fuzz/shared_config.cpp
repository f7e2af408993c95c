// Any bytes are read as one of the two files or refused; what was read, written out again, is read back the
// same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "cloud/aws/shared_config.hpp"

using namespace deployctl::aws;

namespace {

// Keys whose value could be taken for a block, a comment or a longer line are told apart by the reader, not
// by this writer: they are left out.
bool is_plain(const std::string& value) {
  return !value.empty() && value.find_first_of("#;\n\r\v\f") == std::string::npos;
}

std::string written(const SharedConfig& config) {
  std::string text;
  for (const auto& [name, section] : config.profiles) {
    text += "[profile \"" + name + "\"]\n";
    for (const auto& [key, value] : section.values)
      if (is_plain(value)) text += key + " = " + value + "\n";
  }
  return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_shared_config(text, SharedFile::credentials);
  const auto config = parse_shared_config(text, SharedFile::config);
  if (!config) return 0;
  const auto again = parse_shared_config(written(*config), SharedFile::config);
  if (!again || again->profiles.size() != config->profiles.size()) std::abort();
  for (const auto& [name, section] : config->profiles)
    for (const auto& [key, value] : section.values)
      if (is_plain(value) && again->profiles.at(name).values.at(key) != value) std::abort();
  return 0;
}
