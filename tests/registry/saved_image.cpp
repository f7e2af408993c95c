#include "registry/saved_image.hpp"

#include "base/json.hpp"
#include "os/files.hpp"
#include "os/gzip.hpp"
#include "registry/must.hpp"

namespace deployctl::tests {

using namespace registry;

namespace {

std::map<std::string, std::string> layout_files(const TextImage& image,
                                                const std::vector<Descriptor>& entries) {
  std::map<std::string, std::string> files = {{"oci-layout", R"({"imageLayoutVersion":"1.0.0"})"},
                                              {"index.json", make_index(entries).value().bytes}};
  for (const auto& [digest, bytes] : image.everything())
    files["blobs/" + digest.algorithm + "/" + digest.encoded] = bytes;
  return files;
}

} // namespace

std::string Desk::write(const std::string& name, const std::string& bytes) const {
  const std::string full = path(name);
  must(os::make_directories(full.substr(0, full.rfind('/'))));
  must(os::atomic_write(full, bytes));
  return full;
}

std::string SavedImage::config() const {
  Value::List ids;
  for (std::size_t i = 0; i < layers.size(); ++i)
    ids.emplace_back((diff_ids.contains(i) ? diff_ids.at(i) : Digest::of(layers[i])).text());
  return to_json(Value(Value::Map{{"architecture", "amd64"},
                                  {"os", "linux"},
                                  {"config", Value::Map{{"Labels", Value::Map{{"note", note}}}}},
                                  {"rootfs", Value::Map{{"type", "layers"}, {"diff_ids", std::move(ids)}}}}),
                 JsonMode::plain);
}

std::string SavedImage::docker_archive() const {
  TarText tar;
  Value::List names;
  std::map<std::string, std::string> first;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string name = std::to_string(i) + "/layer.tar";
    const auto [seen, fresh] = first.emplace(layers[i], name);
    tar.add(std::to_string(i) + "/", "", '5');
    tar.add(name, fresh ? layers[i] : "", fresh ? '0' : '2', fresh ? "" : "../" + seen->second);
    names.emplace_back(name);
  }
  const std::string name = Digest::of(config()).encoded + ".json";
  tar.add(name, config());
  tar.add("manifest.json",
          to_json(Value(Value::List{Value::Map{
                      {"Config", name}, {"RepoTags", Value::List{tag}}, {"Layers", std::move(names)}}}),
                  JsonMode::plain));
  return tar.ended();
}

void write_layout(const Desk& desk, const std::string& folder, const TextImage& image,
                  const std::vector<Descriptor>& entries) {
  for (const auto& [name, bytes] : layout_files(image, entries)) desk.write(folder + "/" + name, bytes);
}

std::string layout_tar(const TextImage& image, const std::vector<Descriptor>& entries) {
  TarText tar;
  for (const auto& [name, bytes] : layout_files(image, entries)) tar.add(name, bytes);
  return tar.ended();
}

std::string gzipped(const std::string& bytes) {
  std::string out;
  os::GzipWriter writer([&](std::string_view more) -> Status {
    out += more;
    return {};
  });
  must(writer.write(bytes));
  must(writer.finish());
  return out;
}

std::string gunzipped(const std::string& bytes) {
  std::string out;
  os::GzipReader reader([&](std::string_view more) -> Status {
    out += more;
    return {};
  });
  must(reader.write(bytes));
  must(reader.finish());
  return out;
}

} // namespace deployctl::tests
