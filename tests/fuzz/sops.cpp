// Any bytes are a SOPS file of each format or are refused; what opens, opens again the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "formats/sops.hpp"

namespace {

namespace formats = deployctl::formats;

// Leads to the first leaf of the tree, if it has one.
std::vector<std::string> first_leaf(const formats::SopsNode& node) {
  for (const formats::SopsMember& member : node.members) {
    std::vector<std::string> path{member.key};
    if (member.value.is_leaf()) return path;
    const std::vector<std::string> below = first_leaf(member.value);
    if (below.empty()) continue;
    path.insert(path.end(), below.begin(), below.end());
    return path;
  }
  return {};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // tests/formats/sops/one.key
  static const auto identities = formats::parse_age_identities(
      "AGE-SECRET-KEY-1394W3F6JEHLFYG4CYAN3H9X2TLVHJHCMXR83833SW3R95CRCVLVQDXDFEY");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto format : {formats::SopsFormat::yaml, formats::SopsFormat::json, formats::SopsFormat::dotenv,
                            formats::SopsFormat::ini}) {
    const auto file = formats::parse_sops(text, format);
    if (!file) continue;
    const auto key = formats::open_sops_data_key(*file, *identities);
    if (!key) continue;
    const std::vector<std::string> pointer = first_leaf(file->data);
    const auto value = formats::open_sops_value(*file, *key, pointer);
    const auto again = formats::open_sops_value(*file, *key, pointer);
    if (value.has_value() != again.has_value() || (value && *value != *again)) std::abort();
  }
  return 0;
}
