// The files of an image that lies on disk, read in place: of a folder, or of a tar that is not unpacked. What
// they mean is layout_source.hpp and docker_archive.hpp.
#pragma once

#include <memory>
#include <string>

#include <deployctl/ports/http.hpp>
#include <deployctl/result.hpp>

namespace deployctl::registry {

class ImageFiles {
public:
  virtual ~ImageFiles() = default;
  // Cause::not_found when there is no such file. Thread-safe.
  [[nodiscard]] virtual Result<std::unique_ptr<BodySource>> open(const std::string& name) const = 0;
};

// No link in it is followed.
Result<std::shared_ptr<const ImageFiles>> open_image_folder(const std::string& path);
Result<std::shared_ptr<const ImageFiles>> open_image_tar(const std::string& path);

// A file by its path, as a source that can be read again.
Result<std::unique_ptr<BodySource>> open_body(const std::string& path);

// At most `limit` bytes; Cause::config beyond them.
Result<std::string> read_small(const ImageFiles& files, const std::string& name, std::size_t limit);
// Nothing when there is no such file.
Result<bool> has_file(const ImageFiles& files, const std::string& name);

} // namespace deployctl::registry
