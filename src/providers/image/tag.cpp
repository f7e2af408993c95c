#include "providers/image/tag.hpp"

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "providers/image/field_shapes.hpp"
#include "providers/image/placement.hpp"
#include "providers/image/tagged.hpp"
#include "providers/image/tagged_image.hpp"

namespace deployctl::providers::image {
namespace {

struct TagInputs {
  std::string image;
  std::string to;
  bool move = true;
};

struct PromoteInputs {
  std::string from;
  std::string to;
  bool move = true;
  bool referrers = true;
};

Table<TagInputs> tag_table() {
  Table<TagInputs> table;
  table
      .add(&TagInputs::image, {.name = "image",
                               .help = "The image, by digest or by another tag.",
                               .example = "registry.example.com/team/app:1.4.2",
                               .required = true})
      .add(&TagInputs::to, target_field("The same repository with the tag that is put on it.",
                                        "registry.example.com/team/app:live"))
      .add(&TagInputs::move, move_field());
  return table;
}

Table<PromoteInputs> promote_table() {
  Table<PromoteInputs> table;
  table
      .add(&PromoteInputs::from, {.name = "from",
                                  .help = "The image as it is now, by digest or by tag.",
                                  .example = "registry.example.com/staging/app:1.4.2",
                                  .required = true})
      .add(&PromoteInputs::to,
           target_field("The repository and the tag it gets.", "registry.example.com/production/app:1.4.2"))
      .add(&PromoteInputs::move, move_field())
      .add(&PromoteInputs::referrers, {.name = "referrers",
                                       .type = FieldType::boolean,
                                       .help = "Whether signatures and notes of the image come along.",
                                       .example = "false",
                                       .fallback = true,
                                       .managed = false});
  return table;
}

// Everything but the source, which may be another step's output that does not exist yet.
template <class Inputs>
Result<Wish> read_wish(const Table<Inputs>& table, const Value& value, const std::string& source) {
  Value known = value;
  const Value* written = value.find(source);
  const bool is_known = written && written->text();
  if (!is_known && known.map()) known.get<Value::Map>()->erase(source);
  DEPLOYCTL_TRY(const Inputs inputs, table.decode(known));
  Wish wish{.field = source, .move = inputs.move};
  if (!is_known) {
    wish.unknown = written ? *written : Value();
    return wish;
  }
  DEPLOYCTL_TRY(wish.from, registry::parse_reference(*written->text()));
  return wish;
}

Result<Wish> tag_wish(const Value& value) {
  DEPLOYCTL_TRY(Wish wish, read_wish(tag_table(), value, "image"));
  DEPLOYCTL_TRY(const registry::Reference to, target_of(value));
  if (wish.from && wish.from->repository != to.repository)
    return fail(Cause::config,
                fmt::format("'{}' is not a tag in '{}'", to.text(), wish.from->repository.text()),
                "image.promote puts an image into another repository");
  return wish;
}

Result<Wish> promote_wish(const Value& value) {
  DEPLOYCTL_TRY(Wish wish, read_wish(promote_table(), value, "from"));
  const Value* referrers = value.find("referrers");
  wish.referrers = !referrers || *referrers == Value(true);
  return wish;
}

std::vector<InputProblem> check_both(const Value& inputs, const char* source) {
  std::vector<InputProblem> problems;
  check_reference(problems, inputs, source);
  check_target(problems, inputs);
  return problems;
}

} // namespace

Provider make_tag(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.tag",
                          .summary = "Puts a tag on an image in its repository, without moving anything.",
                          .fields = tag_table().fields(),
                          .permissions = {"registry: pull `image`", "registry: pull,push `to`"},
                          .check = [](const Value& inputs) { return check_both(inputs, "image"); }};
  return describe_tagged(std::move(provider), surroundings, placement(tag_wish));
}

Provider make_promote(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.promote",
                          .summary = "Puts an image of one repository into another, by digest.",
                          .fields = promote_table().fields(),
                          .permissions = {"registry: pull `from`", "registry: pull,push `to`"},
                          .check = [](const Value& inputs) { return check_both(inputs, "from"); }};
  return describe_tagged(std::move(provider), surroundings, placement(promote_wish));
}

} // namespace deployctl::providers::image
