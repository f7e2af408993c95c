#include "registry/image_files.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "os/files.hpp"
#include "os/positioned_file.hpp"
#include "os/tar_index.hpp"

namespace deployctl::registry {
namespace {

using SharedFile = std::shared_ptr<const os::PositionedFile>;

// A part of a file, or all of it.
class FileBody final : public BodySource {
public:
  FileBody(SharedFile file, os::TarMember part) : file_(std::move(file)), part_(part) {}

  [[nodiscard]] std::uint64_t size() const override { return part_.size; }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    const std::uint64_t left = part_.size - std::min(offset, part_.size);
    return file_->read(part_.offset + offset,
                       out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left))));
  }

private:
  SharedFile file_;
  os::TarMember part_;
};

Result<SharedFile> open_file(const std::string& path) {
  DEPLOYCTL_TRY(os::PositionedFile file, os::PositionedFile::open(path));
  return std::make_shared<const os::PositionedFile>(std::move(file));
}

class Folder final : public ImageFiles {
public:
  explicit Folder(std::string root) : root_(std::move(root)) {}

  [[nodiscard]] Result<std::unique_ptr<BodySource>> open(const std::string& name) const override {
    DEPLOYCTL_TRY(const std::string found, os::resolve_below(root_, name));
    if (found != root_ + "/" + name)
      return fail(Cause::config, fmt::format("'{}' in '{}' is reached through a link", name, root_));
    return open_body(found);
  }

private:
  std::string root_;
};

class Tar final : public ImageFiles {
public:
  Tar(SharedFile file, os::TarIndex index) : file_(std::move(file)), index_(std::move(index)) {}

  [[nodiscard]] Result<std::unique_ptr<BodySource>> open(const std::string& name) const override {
    const auto found = index_.find(name);
    if (!found) return fail(Cause::not_found, fmt::format("'{}' has no '{}'", file_->path(), name));
    return std::make_unique<FileBody>(file_, *found);
  }

private:
  SharedFile file_;
  os::TarIndex index_;
};

} // namespace

Result<std::unique_ptr<BodySource>> open_body(const std::string& path) {
  DEPLOYCTL_TRY(SharedFile file, open_file(path));
  const std::uint64_t size = file->size();
  return std::make_unique<FileBody>(std::move(file), os::TarMember{.offset = 0, .size = size});
}

Result<std::shared_ptr<const ImageFiles>> open_image_folder(const std::string& path) {
  DEPLOYCTL_TRY(std::string root, os::resolve_below(path, "."));
  return std::make_shared<const Folder>(std::move(root));
}

Result<std::shared_ptr<const ImageFiles>> open_image_tar(const std::string& path) {
  DEPLOYCTL_TRY(SharedFile file, open_file(path));
  auto index = os::TarIndex::read(
      file->size(), [&](std::uint64_t offset, std::span<char> out) { return file->read(offset, out); });
  if (!index) return fail(std::move(index).error().in(fmt::format("while reading '{}'", path)));
  return std::make_shared<const Tar>(std::move(file), *std::move(index));
}

Result<std::string> read_small(const ImageFiles& files, const std::string& name, std::size_t limit) {
  DEPLOYCTL_TRY(const auto source, files.open(name));
  if (source->size() > limit)
    return fail(Cause::config,
                fmt::format("'{}' has {} bytes, at most {} are read", name, source->size(), limit));
  std::string bytes(static_cast<std::size_t>(source->size()), '\0');
  DEPLOYCTL_TRY(const std::size_t got, source->read(0, bytes));
  if (got != bytes.size())
    return fail(Cause::conflict, fmt::format("'{}' became shorter while it was read", name));
  return bytes;
}

Result<bool> has_file(const ImageFiles& files, const std::string& name) {
  const auto found = files.open(name);
  if (found) return true;
  if (found.error().cause == Cause::not_found) return false;
  return fail(found.error());
}

} // namespace deployctl::registry
