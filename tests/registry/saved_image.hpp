// Images as tools write them to disk, made by hand: archives of `docker save` of before and since Docker 25,
// and OCI layouts as a folder.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "os/tar_text.hpp"
#include "os/tree.hpp"
#include "registry/bench.hpp"
#include "registry/image_files.hpp"

namespace deployctl::tests {

// A folder for what a test writes.
class Desk {
public:
  std::string write(const std::string& name, const std::string& bytes) const; // its path
  [[nodiscard]] std::string path(const std::string& name) const { return directory_.path() + "/" + name; }

private:
  os::TemporaryDirectory directory_ = os::TemporaryDirectory::create("/tmp", "deployctl-images-").value();
};

struct SavedImage {
  std::vector<std::string> layers; // unpacked, or packed already with its own diff id below
  std::string note = "none";
  std::string tag = "app:1";
  std::map<std::size_t, registry::Digest> diff_ids; // instead of those of the layers' bytes

  [[nodiscard]] std::string config() const;
  // manifest.json last; the nth layer is "n/layer.tar", one that came before a symbolic link to it.
  [[nodiscard]] std::string docker_archive() const;
};

// Everything of an image in memory as a layout: in a folder, or as a tar.
void write_layout(const Desk& desk, const std::string& folder, const TextImage& image,
                  const std::vector<registry::Descriptor>& entries);
std::string layout_tar(const TextImage& image, const std::vector<registry::Descriptor>& entries);

std::string gzipped(const std::string& bytes);
std::string gunzipped(const std::string& bytes);

} // namespace deployctl::tests
