#include "providers/compose/rendering.hpp"

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/members.hpp"
#include "os/files.hpp"
#include "ssh/tar_stream.hpp"
#include "yaml/document.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr std::int64_t largest_file = std::int64_t{1} << 20;
constexpr std::size_t largest_tar = std::size_t{16} << 20;
constexpr const char* stand_in = "deployctl"; // for what is not known, or not to be told

const Value no_value;

const Value& source_of(const Value& inputs) {
  const Value* source = inputs.find("source");
  return source ? *source : no_value;
}

// Of a plan's file: its digest says that it is still the one that was planned with.
Result<std::string> bytes_of(Files& files, const std::string& folder, const std::string& name,
                             const Value& entry) {
  const std::string digest = text_at(entry, "sha256");
  DEPLOYCTL_TRY(const std::string local, files.find(folder + "/" + name, digest));
  DEPLOYCTL_TRY(std::string bytes, os::read_file(local, static_cast<std::size_t>(largest_file)));
  if (sha256_hex(bytes) != digest)
    return fail(Cause::conflict, fmt::format("'{}/{}' was changed while it was planned with", folder, name),
                "plan again");
  return bytes;
}

Result<std::string> tar_of_entry(Files& files, const std::string& folder, const std::string& name,
                                 const Value& entry) {
  if (const std::string link = text_at(entry, "link"); !link.empty())
    return ssh::tar_header({.name = name, .link = link});
  std::string bytes;
  if (number_at(entry, "size").value_or(0) <= largest_file) {
    DEPLOYCTL_TRY(bytes, bytes_of(files, folder, name, entry));
  }
  return ssh::tar_file(name, bytes);
}

std::string names_file(const Value& inputs) {
  std::string text;
  for (const std::string& name : keys_at(inputs, "env")) text += name + "=" + stand_in + "\n";
  return text;
}

} // namespace

std::map<std::string, Text> script_variables(const std::map<std::string, Text>& env) {
  std::map<std::string, Text> result;
  std::string names;
  for (const auto& [name, value] : env) {
    names += (names.empty() ? "" : " ") + name;
    result.emplace("DEPLOYCTL_VALUE_" + name, value);
  }
  result.emplace("DEPLOYCTL_NAMES", names);
  return result;
}

std::map<std::string, Text> rendering_variables(const Value& inputs) {
  std::map<std::string, Text> env;
  for (const std::string& name : keys_at(inputs, "env")) {
    const Value& value = *inputs.find("env")->find(name);
    env.emplace(name, value.text() ? Text(*value.text()) : Text(stand_in));
  }
  return script_variables(env);
}

Result<std::string> rendering_tar(Files& files, const Value& inputs) {
  const Value& source = source_of(inputs);
  const std::string folder = text_at(source, "path");
  std::string tar;
  for (const std::string& name : keys_at(source, "entries")) {
    DEPLOYCTL_TRY(const std::string entry,
                  tar_of_entry(files, folder, name, *source.find("entries")->find(name)));
    tar += entry;
    if (tar.size() > largest_tar)
      return fail(Cause::config,
                  fmt::format("the files of '{}' that Compose may read are more than 16 MiB", folder),
                  "make 'source' the folder with the Compose file and what it mounts only");
  }
  DEPLOYCTL_TRY(const std::string version, main_version(files, inputs));
  std::map<std::string, std::string> images;
  for (const std::string& service : keys_at(inputs, "images")) {
    const Value& image = *inputs.find("images")->find(service);
    images.emplace(service, image.text() ? *image.text() : stand_in);
  }
  tar += ssh::tar_file(images_file, pinning_file(images, version));
  if (const std::string env = names_file(inputs); !env.empty()) tar += ssh::tar_file(".env", env);
  return tar + ssh::tar_end();
}

Result<std::string> main_version(Files& files, const Value& inputs) {
  const std::vector<std::string> names = texts_at(inputs, "files");
  const Value& source = source_of(inputs);
  const Value* entries = source.find("entries");
  const Value* entry = entries && !names.empty() ? entries->find(names.front()) : nullptr;
  if (!entry || entry->find("link")) return std::string();
  DEPLOYCTL_TRY(std::string bytes, bytes_of(files, text_at(source, "path"), names.front(), *entry));
  const yaml::ParseOutcome outcome = yaml::parse(names.front(), std::move(bytes));
  const yaml::Node* version = outcome.document ? outcome.document->root.find("version") : nullptr;
  return version && version->is_scalar() ? version->text : std::string();
}

} // namespace deployctl::providers::compose
