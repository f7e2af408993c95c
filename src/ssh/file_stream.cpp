#include "ssh/file_stream.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "os/below.hpp"
#include "os/files.hpp"
#include "ssh/tar_stream.hpp"

namespace deployctl::ssh {

std::set<std::string> folders_of(const std::vector<const HostFile*>& files) {
  std::set<std::string> folders;
  for (const HostFile* file : files)
    for (std::string folder = os::directory_of(file->name); !folder.empty() && folders.insert(folder).second;)
      folder = os::directory_of(folder);
  return folders;
}

FileStream::FileStream(std::vector<const HostFile*> files) : files_(std::move(files)) {}

std::string FileStream::lists() const {
  std::string sums, odd, folders;
  for (const HostFile* file : files_) {
    if (!file->link.empty()) continue;
    if (file->name.find('\\') == std::string::npos)
      sums += fmt::format("{}  {}\n", file->sha256, file->name);
    else
      odd += fmt::format("{}\n{}\n", file->sha256, file->name);
  }
  for (const std::string& folder : folders_of(files_)) folders += folder + "\n";
  return tar_file("sums", sums) + tar_file("odd", odd) + tar_file("folders", folders);
}

Result<std::string_view> FileStream::next() {
  if (source_.is_open()) return read_on();
  if (!began_) {
    began_ = true;
    text_ = lists();
    return std::string_view(text_);
  }
  if (file_ < files_.size()) return open_next();
  text_ = ended_ ? std::string() : tar_file("end", "") + tar_end();
  ended_ = true;
  return std::string_view(text_);
}

Result<std::string_view> FileStream::open_next() {
  const HostFile& file = *files_[file_++];
  const std::string name = "tree/" + file.name;
  if (!file.link.empty()) {
    text_ = tar_header({.name = name, .mode = 0777, .link = file.link});
    return std::string_view(text_);
  }
  os::Descriptor source(::open(file.source.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!source.is_open() || ::fstat(source.get(), &status) != 0)
    return fail(os::system_error("cannot read", file.source, errno));
  source_ = std::move(source);
  size_ = left_ = static_cast<std::uint64_t>(status.st_size);
  hash_ = Sha256();
  text_ = tar_header({.name = name, .size = size_, .mode = file.mode & 07777U});
  return std::string_view(text_);
}

// A source that grew or shrank meanwhile has another sum.
Result<std::string_view> FileStream::read_on() {
  const HostFile& file = *files_[file_ - 1];
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece_->size()));
  ssize_t got = 0;
  do {
    got = ::read(source_.get(), piece_->data(), wanted);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return fail(os::system_error("cannot read", file.source, errno));
  const std::string_view bytes(piece_->data(), static_cast<std::size_t>(got));
  hash_.update(bytes);
  left_ = bytes.empty() ? 0 : left_ - bytes.size();
  if (!bytes.empty()) return bytes;
  source_ = os::Descriptor();
  if (const std::string found = hash_.finish().hex(); found != file.sha256)
    return fail(Cause::conflict,
                fmt::format("'{}' has the SHA-256 {} but {} was planned", file.source, found, file.sha256));
  text_ = tar_padding(size_);
  return text_.empty() ? next() : std::string_view(text_);
}

} // namespace deployctl::ssh
