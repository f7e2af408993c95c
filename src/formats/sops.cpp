#include "formats/sops.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "formats/age.hpp"
#include "formats/shamir.hpp"
#include "formats/sops_values.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view metadata_key = "sops";
constexpr std::size_t data_key_size = 32;

std::vector<std::string> recipients(const SopsFile& file) {
  std::vector<std::string> out;
  for (const SopsKeyGroup& group : file.metadata.groups) {
    for (const SopsAgeKey& key : group.age) out.push_back(key.recipient);
    out.insert(out.end(), group.others.begin(), group.others.end());
  }
  return out;
}

// The group's share, or why none of its keys gives it.
Result<std::string> open_group(const SopsKeyGroup& group, std::span<const AgeIdentity> identities) {
  Result<std::string> last = fail(Cause::auth, "no age recipient");
  for (const SopsAgeKey& key : group.age) {
    last = open_age(key.wrapped, identities);
    if (last) return last;
    // A damaged key says so, unless another one opens.
    if (last.error().cause != Cause::auth)
      last.error().message = fmt::format("the data key for {}: {}", key.recipient, last.error().message);
  }
  return last;
}

tl::unexpected<Error> none_fits(const SopsFile& file, std::span<const AgeIdentity> identities,
                                std::size_t opened) {
  std::vector<std::string> tried;
  for (const AgeIdentity& identity : identities) tried.push_back(shown_recipient(identity));
  const std::string shares = file.metadata.groups.size() == 1
                                 ? std::string()
                                 : fmt::format(" ({} of {} groups of keys opened, {} needed)", opened,
                                               file.metadata.groups.size(), file.metadata.threshold);
  return fail(Cause::auth,
              fmt::format("no identity fits{}: its recipients are {}, tried {}", shares,
                          join(recipients(file), ", "), tried.empty() ? "none" : join(tried, ", ")));
}

class Shares {
public:
  explicit Shares(std::size_t most) { shares_.reserve(most); }
  ~Shares() {
    for (std::string& share : shares_) const Wiped end(std::move(share));
  }
  Shares(const Shares&) = delete;
  Shares& operator=(const Shares&) = delete;
  std::vector<std::string>& operator*() { return shares_; }

private:
  std::vector<std::string> shares_;
};

} // namespace

Result<SopsFile> parse_sops(std::string_view text, SopsFormat format) {
  DEPLOYCTL_TRY(SopsNode tree, read_sops_tree(text, format));
  const auto found = std::find_if(tree.members.begin(), tree.members.end(),
                                  [](const SopsMember& member) { return member.key == metadata_key; });
  if (tree.kind != SopsNode::Kind::map || found == tree.members.end() ||
      found->value.kind != SopsNode::Kind::map)
    return fail(Cause::config, "it is not encrypted: there is no metadata of SOPS in it",
                "encrypt it with sops encrypt --in-place");
  DEPLOYCTL_TRY(SopsMetadata metadata, read_sops_metadata(found->value));
  tree.members.erase(found);
  return SopsFile{.data = std::move(tree), .metadata = std::move(metadata)};
}

Result<Secret> open_sops_data_key(const SopsFile& file, std::span<const AgeIdentity> identities) {
  const SopsMetadata& metadata = file.metadata;
  Shares shares(metadata.groups.size());
  for (const SopsKeyGroup& group : metadata.groups) {
    if ((*shares).size() == metadata.threshold) break;
    auto share = open_group(group, identities);
    if (share)
      (*shares).push_back(*std::move(share));
    else if (share.error().cause != Cause::auth)
      return fail(std::move(share).error());
  }
  if ((*shares).size() < metadata.threshold) return none_fits(file, identities, (*shares).size());
  const bool divided = metadata.groups.size() > 1;
  std::optional<std::string> combined = divided ? combine_shares(*shares) : (*shares).front();
  if (!combined) return fail(Cause::config, "the shares of its data key do not fit together");
  const Wiped key(*std::move(combined));
  if (key->size() != data_key_size)
    return fail(Cause::config, fmt::format("its data key has {} bytes, not {}", key->size(), data_key_size));
  return Secret::reference("data key").resolved_with(*key);
}

Result<const SopsNode*> find_sops_value(const SopsFile& file, const std::vector<std::string>& pointer) {
  const SopsNode* wanted = &file.data;
  for (const std::string& token : pointer) {
    wanted = wanted->find(token);
    if (!wanted) break;
  }
  if (wanted && wanted->is_leaf()) return wanted;
  return fail(Cause::not_found,
              fmt::format("it has {} at '#/{}'",
                          wanted && wanted->kind != SopsNode::Kind::null ? "no single value" : "nothing",
                          join(pointer, "/")));
}

Result<std::string> open_sops_value(const SopsFile& file, const Secret& data_key,
                                    const std::vector<std::string>& pointer) {
  DEPLOYCTL_TRY(const SopsNode* wanted, find_sops_value(file, pointer));
  DEPLOYCTL_TRY(const SopsValues values, SopsValues::open(file, data_key));
  return values.text_of(*wanted);
}

} // namespace deployctl::formats
