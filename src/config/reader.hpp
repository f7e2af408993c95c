// From yaml's tree to spanned values: scalars are interpolated on the way, except shell text. Reports
// mistakes in the interpolations themselves; what a name stands for is asked of the caller. For the config
// layer's own use.
#pragma once

#include <functional>

#include <deployctl/field.hpp>

#include "config/findings.hpp"
#include "config/interpolation.hpp"
#include "config/spanned.hpp"
#include "yaml/document.hpp"

namespace deployctl::config {

struct Found {
  Answer answer;
  bool unknowable = false; // nobody can say offline: the whole scalar then fits every type
};

using Names = std::function<Found(const Reference& reference, Span place)>;

class Reader {
public:
  Reader(const yaml::Document& document, Findings& findings) : document_(document), findings_(findings) {}

  // `field` says where shell text stands; nullptr when the table is not known.
  [[nodiscard]] Spanned read(const yaml::Node& node, const Field* field, const Names& names) const;
  // The members of a map by their fields.
  [[nodiscard]] Spanned read_members(const yaml::Node& node, const std::vector<Field>& fields,
                                     const Names& names) const;
  // Checks the grammar of interpolations only, and not inside `with` and `undo`, which may hold shell text:
  // scalars that hold one become Spanned::Kind::later.
  [[nodiscard]] Spanned outline(const yaml::Node& node) const;

private:
  struct Pass {
    const Names* names = nullptr; // none: grammar only
    bool silent = false;
  };
  [[nodiscard]] Spanned read_scalar(const yaml::Node& node, const Field* field, Pass pass) const;
  [[nodiscard]] Spanned read_node(const yaml::Node& node, const Field* field, Pass pass) const;
  void report(const yaml::Node& node, const std::vector<TextProblem>& problems) const;

  const yaml::Document& document_;
  Findings& findings_;
};

} // namespace deployctl::config
