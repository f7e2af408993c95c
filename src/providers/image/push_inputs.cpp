#include "providers/image/push_inputs.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "providers/image/field_shapes.hpp"
#include "providers/image/registries.hpp"

namespace deployctl::providers::image {
namespace {

// A folder as the engine listed it, each file by its digest.
class ListedFiles final : public registry::ImageFiles {
public:
  ListedFiles(const Value& tree, Locate locate)
      : path_(text_at(tree, "path")), entries_(*tree.find("entries")), locate_(std::move(locate)) {}

  [[nodiscard]] Result<std::unique_ptr<BodySource>> open(const std::string& name) const override {
    const Value* entry = entries_.find(name);
    if (!entry) return fail(Cause::not_found, fmt::format("'{}' has no '{}'", path_, name));
    if (entry->find("link"))
      return fail(Cause::config, fmt::format("'{}' in '{}' is reached through a link", name, path_));
    DEPLOYCTL_TRY(const std::string path, locate_(path_ + "/" + name, text_at(*entry, "sha256")));
    return registry::open_body(path);
  }

private:
  std::string path_;
  Value entries_;
  Locate locate_;
};

} // namespace

bool PushInputs::is_known() const {
  const Value* digest = source().find("sha256");
  return digest && digest->text();
}

Table<PushInputs> push_table() {
  Table<PushInputs> table;
  table
      .add(&PushInputs::archive,
           {.name = "archive",
            .type = FieldType::file,
            .help = "A tar with the image: of `docker save`, or an OCI layout as a tar.",
            .example = "build/app.tar"})
      .add(&PushInputs::layout, {.name = "layout",
                                 .type = FieldType::tree,
                                 .help = "A folder with the image as an OCI layout.",
                                 .example = "build/app"})
      .add(&PushInputs::name,
           {.name = "name",
            .help = "Which image, where there are several: its name in the archive or layout.",
            .example = "app:1.4.2"})
      .add(&PushInputs::to, target_field())
      .add(&PushInputs::move, move_field());
  return table;
}

std::vector<InputProblem> check_push(const Value& inputs) {
  std::vector<InputProblem> problems;
  check_target(problems, inputs);
  return problems;
}

Result<std::shared_ptr<const registry::ImageFiles>> open_source(const PushInputs& inputs,
                                                                const Locate& locate) {
  const Value& source = inputs.source();
  if (inputs.archive.is_null()) {
    if (!source.find("entries")) return fail(Cause::internal, "image.push was given a folder without a list");
    return std::make_shared<const ListedFiles>(source, locate);
  }
  DEPLOYCTL_TRY(const std::string path, locate(text_at(source, "path"), text_at(source, "sha256")));
  return registry::open_image_tar(path);
}

} // namespace deployctl::providers::image
