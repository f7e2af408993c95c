#include "secrets/encrypted_files.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/wiped.hpp"
#include "formats/age.hpp"
#include "formats/sops.hpp"
#include "secrets/age_identities.hpp"
#include "secrets/local_files.hpp"
#include "secrets/sops_program.hpp"

namespace deployctl::secrets {
namespace {

bool has_age_recipients(const formats::SopsFile& file) {
  return std::any_of(file.metadata.groups.begin(), file.metadata.groups.end(),
                     [](const formats::SopsKeyGroup& group) { return !group.age.empty(); });
}

bool has_other_recipients(const formats::SopsFile& file) {
  return std::any_of(file.metadata.groups.begin(), file.metadata.groups.end(),
                     [](const formats::SopsKeyGroup& group) { return !group.others.empty(); });
}

tl::unexpected<Error> not_for_us(Error error, const AgeIdentities& identities, std::string help) {
  error.help = std::move(help);
  error.evidence = identities.passed_over;
  return fail(std::move(error));
}

std::string way_out(const formats::SopsFile& file, const std::string& path) {
  if (!has_age_recipients(file))
    return fmt::format("install sops, which opens its keys, or add an age recipient: sops rotate --in-place "
                       "--add-age RECIPIENT {}",
                       path);
  return fmt::format("{}; who has one adds yours with: sops rotate --in-place --add-age RECIPIENT {}",
                     identity_help, path);
}

using Opened = std::shared_ptr<OpenedSopsFile>;

// By the program, which knows the other kinds of keys; `why` no key was opened here.
Result<std::shared_ptr<const OpenedSopsFile>> open_elsewhere(const std::string& path, const Sources& sources,
                                                             const std::stop_token& stop,
                                                             const Opened& opened,
                                                             tl::unexpected<Error> why) {
  if (!has_other_recipients(opened->file)) return why;
  auto text = decrypt_by_sops(path, sources, stop);
  if (!text && text.error().cause == Cause::not_found) return why;
  if (!text) return fail(std::move(text).error());
  const Wiped plain(*std::move(text));
  DEPLOYCTL_TRY(opened->file.data, formats::read_sops_tree(*plain, formats::SopsFormat::json));
  opened->values = formats::SopsValues::take(opened->file.data);
  return opened;
}

Result<std::shared_ptr<const OpenedSopsFile>> open_file(const std::string& path, const Sources& sources,
                                                        const std::stop_token& stop) {
  DEPLOYCTL_TRY(const std::string text, read_local(path, sources));
  const auto opened = std::make_shared<OpenedSopsFile>();
  DEPLOYCTL_TRY(opened->file, formats::parse_sops(text, formats::sops_format(path)));
  DEPLOYCTL_TRY(const auto identities, age_identities(sources, stop));
  const auto data_key = formats::open_sops_data_key(opened->file, identities->list);
  if (!data_key && data_key.error().cause == Cause::auth)
    return open_elsewhere(path, sources, stop, opened,
                          not_for_us(data_key.error(), *identities, way_out(opened->file, path)));
  if (!data_key) return fail(data_key.error());
  DEPLOYCTL_TRY(opened->values, formats::SopsValues::open(opened->file, *data_key));
  return opened;
}

} // namespace

Result<std::shared_ptr<const OpenedSopsFile>>
SopsFileCache::get(const std::string& path, const Sources& sources, const std::stop_token& stop) {
  return files_.get(path, [&] { return open_file(path, sources, stop); });
}

Result<std::string> read_sops_file(const SecretReference& reference, const Sources& sources,
                                   const std::stop_token& stop) {
  DEPLOYCTL_TRY(const auto opened, sources.sops_files
                                       ? sources.sops_files->get(reference.source, sources, stop)
                                       : open_file(reference.source, sources, stop));
  DEPLOYCTL_TRY(const formats::SopsNode* leaf, formats::find_sops_value(opened->file, reference.pointer));
  return opened->values.text_of(*leaf);
}

Result<std::string> read_age_file(const SecretReference& reference, const Sources& sources,
                                  const std::stop_token& stop) {
  DEPLOYCTL_TRY(const std::string file, read_local(reference.source, sources));
  DEPLOYCTL_TRY(const auto identities, age_identities(sources, stop));
  auto plain = formats::open_age(file, identities->list);
  if (!plain && plain.error().cause == Cause::auth)
    return not_for_us(std::move(plain).error(), *identities, std::string(identity_help));
  return plain;
}

} // namespace deployctl::secrets
