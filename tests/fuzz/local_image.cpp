// Any tar is an image on disk or refused; one that is taken has a digest, and its parts are within the tar.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "os/tar_index.hpp"
#include "registry/local_image.hpp"

using namespace deployctl;
using namespace deployctl::registry;

namespace {

class Part final : public BodySource {
public:
  explicit Part(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    if (offset > bytes_.size()) return 0;
    return bytes_.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
  }

private:
  std::string_view bytes_;
};

class TarFiles final : public ImageFiles {
public:
  TarFiles(std::string_view bytes, os::TarIndex index) : bytes_(bytes), index_(std::move(index)) {}
  [[nodiscard]] Result<std::unique_ptr<BodySource>> open(const std::string& name) const override {
    const auto found = index_.find(name);
    if (!found) return fail(Cause::not_found, "no such file");
    return std::make_unique<Part>(
        bytes_.substr(static_cast<std::size_t>(found->offset), static_cast<std::size_t>(found->size)));
  }

private:
  std::string_view bytes_;
  os::TarIndex index_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto index =
      os::TarIndex::read(size, [&](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
        return bytes.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
      });
  if (!index) return 0;
  const auto files = std::make_shared<const TarFiles>(bytes, *std::move(index));
  const auto archive = read_docker_archive(files, "");
  if (archive && archive->configuration.size > size) std::abort();
  const auto local = LocalImage::open(files, "");
  if (local && local->digest().empty()) std::abort();
  return 0;
}
