// Any bytes are a SOPS file of one of the formats, which the first byte chooses, or are refused; what opens,
// opens again the same.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/sops.hpp"

namespace {

namespace formats = deployctl::formats;

// '0' to '3' in the corpus.
constexpr std::array all_formats = {formats::SopsFormat::yaml, formats::SopsFormat::json,
                                    formats::SopsFormat::dotenv, formats::SopsFormat::ini};
constexpr std::size_t most_keys = 256;

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

// Data keys by what wraps them: most inputs leave that as it was, and unwrapping costs more than all the
// rest, which is the business of the fuzz target age.
class DataKeys {
public:
  const std::optional<deployctl::Secret>& of(const formats::SopsFile& file) {
    std::string wrapped = std::to_string(file.metadata.threshold);
    for (const formats::SopsKeyGroup& group : file.metadata.groups) {
      wrapped += '\n';
      for (const formats::SopsAgeKey& key : group.age) wrapped += '\n' + key.wrapped;
    }
    if (const auto known = keys_.find(wrapped); known != keys_.end()) return known->second;
    if (keys_.size() == most_keys) keys_.clear();
    auto key = formats::open_sops_data_key(file, identities_);
    return keys_.emplace(std::move(wrapped), key ? std::optional(*std::move(key)) : std::nullopt)
        .first->second;
  }

private:
  // tests/formats/sops/one.key
  const std::vector<formats::AgeIdentity> identities_ = *formats::parse_age_identities(
      "AGE-SECRET-KEY-1394W3F6JEHLFYG4CYAN3H9X2TLVHJHCMXR83833SW3R95CRCVLVQDXDFEY");
  std::map<std::string, std::optional<deployctl::Secret>> keys_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static DataKeys keys;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto file = formats::parse_sops(text, all_formats.at(*data % all_formats.size()));
  if (!file) return 0;
  const std::optional<deployctl::Secret>& key = keys.of(*file);
  if (!key) return 0;
  const std::vector<std::string> pointer = first_leaf(file->data);
  const auto value = formats::open_sops_value(*file, *key, pointer);
  if (!value) return 0;
  const auto again = formats::open_sops_value(*file, *key, pointer);
  if (!again || *value != *again) std::abort();
  return 0;
}
