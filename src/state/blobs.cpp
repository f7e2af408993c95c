#include "state/blobs.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "os/content_store.hpp"
#include "os/files.hpp"

namespace deployctl::state {
namespace {

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string place(const std::string& sha256) {
  return "sha256/" + sha256.substr(0, 2) + "/" + sha256.substr(2);
}

tl::unexpected<Error> altered(const std::string& sha256) {
  return fail(Cause::conflict,
              fmt::format("the stored file {} no longer has the content of its name", sha256),
              "it was changed outside of deployctl; restore it, or deploy the release's commit again");
}

} // namespace

Result<BlobInfo> Blobs::put_file(const std::string& path, const std::string& expected) const {
  if (!expected.empty() && contains(expected)) {
    std::error_code error;
    const auto size = std::filesystem::file_size(directory_ + "/" + place(expected), error);
    if (!error) return BlobInfo{.sha256 = expected, .size = size};
  }
  DEPLOYCTL_TRY(const os::Stored stored, os::store_file(path, directory_, place));
  if (!expected.empty() && stored.sha256 != expected)
    return fail(Cause::conflict,
                fmt::format("'{}' has SHA-256 {} but was planned with {}", path, stored.sha256, expected),
                "it changed after it was planned; plan again");
  return BlobInfo{.sha256 = stored.sha256, .size = stored.size};
}

Result<BlobInfo> Blobs::put_bytes(std::string_view bytes) const {
  BlobInfo info{.sha256 = sha256_hex(bytes), .size = bytes.size()};
  if (contains(info.sha256)) return info;
  DEPLOYCTL_CHECK(os::store_bytes(bytes, directory_, place(info.sha256)));
  return info;
}

bool Blobs::contains(const std::string& sha256) const {
  std::error_code error;
  return is_digest(sha256) && std::filesystem::is_regular_file(directory_ + "/" + place(sha256), error);
}

Result<std::string> Blobs::path_of(const std::string& sha256) const {
  if (!is_digest(sha256)) return fail(Cause::config, fmt::format("'{}' is not a SHA-256 in hex", sha256));
  if (!contains(sha256))
    return fail(Cause::not_found, fmt::format("the file {} is not among the stored ones", sha256));
  return directory_ + "/" + place(sha256);
}

Result<std::string> Blobs::verified_path_of(const std::string& sha256) const {
  DEPLOYCTL_TRY(std::string path, path_of(sha256));
  DEPLOYCTL_TRY(const os::FileFacts facts, os::hash_file(path));
  if (facts.sha256 != sha256) return altered(sha256);
  return path;
}

Result<std::string> Blobs::read(const std::string& sha256, std::uint64_t limit) const {
  DEPLOYCTL_TRY(const std::string path, path_of(sha256));
  DEPLOYCTL_TRY(std::string bytes, os::read_file(path, limit));
  if (sha256_hex(bytes) != sha256) return altered(sha256);
  return bytes;
}

} // namespace deployctl::state
