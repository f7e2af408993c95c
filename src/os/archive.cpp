#include "os/archive.hpp"

#include <array>
#include <cerrno>
#include <clocale>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "os/archive_names.hpp"
#include "os/below.hpp"
#include "os/files.hpp"
#include "os/tree.hpp"

namespace deployctl::os {
namespace {

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;
using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using EntryBuffer = std::array<char, 64U << 10>;

// libarchive converts names by the thread's locale; names are UTF-8 here, whatever LANG says.
class Utf8Names {
public:
  Utf8Names() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (utf8_) before_ = ::uselocale(utf8_);
  }
  ~Utf8Names() {
    if (!utf8_) return;
    ::uselocale(before_);
    ::freelocale(utf8_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

private:
  locale_t utf8_;
  locale_t before_{};
};

tl::unexpected<Error> damaged(archive* reader) {
  const char* words = archive_error_string(reader);
  return fail(Cause::config,
              fmt::format("the archive cannot be read: {}", sanitize_line(words ? words : "unknown format")));
}

Result<Reader> make_reader() {
  Reader reader(archive_read_new(), &archive_read_free);
  using Support = int (*)(archive*);
  constexpr std::array<Support, 5> supported = {
      archive_read_support_filter_gzip, archive_read_support_filter_xz, archive_read_support_filter_zstd,
      archive_read_support_format_tar, archive_read_support_format_zip};
  for (const Support support : supported)
    // A warning means that the library would run a program for it.
    if (support(reader.get()) != ARCHIVE_OK)
      return fail(Cause::internal, "libarchive lacks gzip, xz, zstd, tar or zip");
  return reader;
}

class Extraction {
public:
  Extraction(archive* reader, Descriptor root, ArchiveLimits limits)
      : reader_(reader), root_(std::move(root)), limits_(limits) {}

  Status run() {
    archive_entry* entry = nullptr;
    while (true) {
      const int code = archive_read_next_header(reader_, &entry);
      if (code == ARCHIVE_EOF) return {};
      if (code != ARCHIVE_OK) return damaged(reader_);
      if (++entries_ > limits_.entries)
        return fail(Cause::config, fmt::format("the archive holds more than {} entries", limits_.entries));
      DEPLOYCTL_CHECK(extract(entry));
    }
  }

private:
  Status extract(archive_entry* entry) {
    const char* raw = archive_entry_pathname(entry);
    DEPLOYCTL_TRY(const std::string name, entry_name(raw ? raw : ""));
    if (name.empty()) return {};                         // "./"
    const auto mode = archive_entry_perm(entry) & 0777U; // no setuid, setgid or sticky bit
    if (archive_entry_filetype(entry) == AE_IFDIR && !archive_entry_hardlink(entry))
      return directory(name, mode);
    DEPLOYCTL_TRY(const Descriptor parent, open_below(root_, directory_of(name)));
    // A later entry of the same name replaces the earlier one, as with tar.
    if (::unlinkat(parent.get(), last_part(name).c_str(), 0) != 0 && errno != ENOENT)
      return fail(system_error("cannot replace", name, errno));
    if (const char* target = archive_entry_hardlink(entry)) return hard_link(parent, name, target);
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return file(parent, name, mode == 0 ? 0644 : mode);
    case AE_IFLNK:
      return symbolic_link(parent, name, archive_entry_symlink(entry));
    default:
      return fail(Cause::config,
                  fmt::format("the archive holds '{}', which is a device, pipe or socket", name));
    }
  }

  Status directory(const std::string& name, unsigned mode) {
    DEPLOYCTL_TRY(const Descriptor made, open_below(root_, name));
    if (::fchmod(made.get(), mode | 0700U) != 0)
      return fail(system_error("cannot set the mode of", name, errno));
    return {};
  }

  Status file(const Descriptor& parent, const std::string& name, unsigned mode) {
    const Descriptor out(::openat(parent.get(), last_part(name).c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!out.is_open()) return fail(system_error("cannot write", name, errno));
    while (true) {
      const la_ssize_t got = archive_read_data(reader_, buffer_->data(), buffer_->size());
      if (got < 0) return damaged(reader_);
      if (got == 0) break;
      bytes_ += static_cast<std::uint64_t>(got);
      if (bytes_ > limits_.bytes)
        return fail(Cause::config, fmt::format("the archive unpacks to more than {} bytes", limits_.bytes));
      DEPLOYCTL_CHECK(write_all(out, std::string_view(buffer_->data(), static_cast<std::size_t>(got)), name));
    }
    if (::fchmod(out.get(), mode) != 0) return fail(system_error("cannot set the mode of", name, errno));
    return {};
  }

  static Status symbolic_link(const Descriptor& parent, const std::string& name, const char* target) {
    const std::string to = target ? target : "";
    if (!link_stays_inside(name, to))
      return fail(Cause::config,
                  fmt::format("the link '{}' in the archive leads out of it: '{}'", name, sanitize_line(to)));
    if (::symlinkat(to.c_str(), parent.get(), last_part(name).c_str()) != 0)
      return fail(system_error("cannot create the link", name, errno));
    return {};
  }

  Status hard_link(const Descriptor& parent, const std::string& name, const char* target) const {
    DEPLOYCTL_TRY(const std::string to, entry_name(target));
    DEPLOYCTL_TRY(const Descriptor from, open_below(root_, directory_of(to)));
    if (::linkat(from.get(), last_part(to).c_str(), parent.get(), last_part(name).c_str(), 0) != 0)
      return fail(system_error("cannot create the link", name, errno));
    return {};
  }

  archive* reader_;
  Descriptor root_;
  ArchiveLimits limits_;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  std::unique_ptr<EntryBuffer> buffer_ = std::make_unique<EntryBuffer>();
};

template <class Open>
Status extract_with(const std::string& directory, ArchiveLimits limits, Open open) {
  const Utf8Names names;
  Descriptor root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.is_open()) return fail(system_error("cannot open", directory, errno));
  DEPLOYCTL_TRY(const Reader reader, make_reader());
  if (open(reader.get()) != ARCHIVE_OK) return damaged(reader.get());
  return Extraction(reader.get(), std::move(root), limits).run();
}

class TarWriter {
public:
  explicit TarWriter(std::uint64_t limit) : limit_(limit) {}

  Result<std::string> write(const std::string& directory) {
    const Utf8Names names;
    DEPLOYCTL_TRY(const std::vector<TreeEntry> entries, list_tree(directory));
    archive_write_set_format_pax_restricted(writer_.get());
    archive_write_set_bytes_in_last_block(writer_.get(), 1);
    if (archive_write_open(writer_.get(), this, nullptr, &TarWriter::take, nullptr) != ARCHIVE_OK)
      return broken();
    for (const TreeEntry& entry : entries) DEPLOYCTL_CHECK(add(directory, entry));
    if (archive_write_close(writer_.get()) != ARCHIVE_OK) return broken();
    return std::move(bytes_);
  }

private:
  static la_ssize_t take(archive* writer, void* self, const void* data, std::size_t size) {
    auto& tar = *static_cast<TarWriter*>(self);
    if (size > tar.limit_ - tar.bytes_.size()) {
      archive_set_error(writer, EFBIG, "it would be larger than %llu bytes",
                        static_cast<unsigned long long>(tar.limit_));
      return -1;
    }
    tar.bytes_.append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  }

  Status add(const std::string& directory, const TreeEntry& from) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                              &archive_entry_free);
    const std::string path = directory + "/" + from.name;
    archive_entry_set_pathname(entry.get(), from.name.c_str());
    archive_entry_set_mtime(entry.get(), 0, 0);
    const bool is_link = !from.link.empty();
    archive_entry_set_filetype(entry.get(), is_link ? AE_IFLNK : AE_IFREG);
    archive_entry_set_perm(entry.get(), is_link ? 0777 : from.mode);
    if (is_link)
      archive_entry_set_symlink(entry.get(), from.link.c_str());
    else
      archive_entry_set_size(entry.get(), static_cast<la_int64_t>(from.size));
    if (archive_write_header(writer_.get(), entry.get()) != ARCHIVE_OK) return broken();
    if (is_link) return {};
    DEPLOYCTL_TRY(const std::string content, read_file(path, from.size));
    if (content.size() != from.size)
      return fail(Cause::conflict, fmt::format("'{}' changed while it was read", path));
    if (archive_write_data(writer_.get(), content.data(), content.size()) !=
        static_cast<la_ssize_t>(content.size()))
      return broken();
    return {};
  }

  tl::unexpected<Error> broken() {
    const char* words = archive_error_string(writer_.get());
    return fail(Cause::internal,
                fmt::format("the tar cannot be written: {}", words ? words : "no reason given"));
  }

  std::uint64_t limit_;
  std::string bytes_;
  Writer writer_{archive_write_new(), &archive_write_free}; // first to go: closing may still call take()
};

} // namespace

Status extract_archive(const std::string& path, const std::string& directory, ArchiveLimits limits) {
  return extract_with(directory, limits, [&path](archive* reader) {
    constexpr std::size_t block = 64U << 10;
    return archive_read_open_filename(reader, path.c_str(), block);
  });
}

Status extract_archive_bytes(std::string_view bytes, const std::string& directory, ArchiveLimits limits) {
  return extract_with(directory, limits, [bytes](archive* reader) {
    return archive_read_open_memory(reader, bytes.data(), bytes.size());
  });
}

Result<std::string> make_tar(const std::string& directory, std::uint64_t limit) {
  return TarWriter(limit).write(directory);
}

} // namespace deployctl::os
