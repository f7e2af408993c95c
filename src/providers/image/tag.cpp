#include "providers/image/tag.hpp"

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "providers/image/placement.hpp"

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

Field move_field() {
  return {.name = "move",
          .type = FieldType::boolean,
          .help = "Whether the tag may be taken from another image.",
          .example = "false",
          .fallback = true,
          .managed = false};
}

Table<TagInputs> tag_table() {
  Table<TagInputs> table;
  table
      .add(&TagInputs::image, {.name = "image",
                               .help = "The image, by digest or by another tag.",
                               .example = "registry.example.com/team/app:1.4.2",
                               .required = true})
      .add(&TagInputs::to, {.name = "to",
                            .help = "The same repository with the tag that is put on it.",
                            .example = "registry.example.com/team/app:live",
                            .required = true,
                            .identity = true})
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
      .add(&PromoteInputs::to, {.name = "to",
                                .help = "The repository and the tag it gets.",
                                .example = "registry.example.com/production/app:1.4.2",
                                .required = true,
                                .identity = true})
      .add(&PromoteInputs::move, move_field())
      .add(&PromoteInputs::referrers, {.name = "referrers",
                                       .type = FieldType::boolean,
                                       .help = "Whether signatures and notes of the image come along.",
                                       .example = "false",
                                       .fallback = true,
                                       .managed = false});
  return table;
}

Result<Wish> tag_wish(const Value& value) {
  DEPLOYCTL_TRY(const TagInputs inputs, tag_table().decode(value));
  DEPLOYCTL_TRY(registry::Reference from, registry::parse_reference(inputs.image));
  DEPLOYCTL_TRY(registry::Reference to, registry::parse_reference(inputs.to));
  if (from.repository != to.repository)
    return fail(Cause::config, fmt::format("'{}' is not a tag in '{}'", inputs.to, from.repository.text()),
                "image.promote puts an image into another repository");
  return Wish{.from = std::move(from), .to = std::move(to), .move = inputs.move};
}

Result<Wish> promote_wish(const Value& value) {
  DEPLOYCTL_TRY(const PromoteInputs inputs, promote_table().decode(value));
  DEPLOYCTL_TRY(registry::Reference from, registry::parse_reference(inputs.from));
  DEPLOYCTL_TRY(registry::Reference to, registry::parse_reference(inputs.to));
  return Wish{
      .from = std::move(from), .to = std::move(to), .move = inputs.move, .referrers = inputs.referrers};
}

// A target has a tag, and no digest: that stays what it is.
std::vector<InputProblem> check_both(const Value& inputs, const char* source) {
  std::vector<InputProblem> problems;
  check_reference(problems, inputs, source);
  check_reference(problems, inputs, "to");
  const Value* to = inputs.find("to");
  if (!problems.empty() || !to || !to->text()) return problems;
  if (const auto target = registry::parse_reference(*to->text()); !target->digest.empty())
    problems.push_back({.path = "to",
                        .message = "an image is put under a tag, not under a digest",
                        .help = "leave out what begins with '@'"});
  return problems;
}

} // namespace

Provider make_tag(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.tag",
                          .summary = "Puts a tag on an image in its repository, without moving anything.",
                          .fields = tag_table().fields(),
                          .permissions = {"pull from and push to the repository"},
                          .check = [](const Value& inputs) { return check_both(inputs, "image"); }};
  return describe_placement(std::move(provider), surroundings, tag_wish);
}

Provider make_promote(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.promote",
                          .summary = "Puts an image of one repository into another, by digest.",
                          .fields = promote_table().fields(),
                          .permissions = {"pull from the one repository", "pull from and push to the other"},
                          .check = [](const Value& inputs) { return check_both(inputs, "from"); }};
  return describe_placement(std::move(provider), surroundings, promote_wish);
}

} // namespace deployctl::providers::image
