// What steps say about each other: `needs` and `${steps.ID.OUTPUT}` as edges between instances. For the
// config layer's own use.
#pragma once

#include <vector>

#include "config/outline.hpp"

namespace deployctl::config {

// `from` comes after `to`; both are indexes into Outline::instances().
struct Edge {
  std::size_t from = 0;
  std::size_t to = 0;
  Span span;
};

struct LinkInputs {
  const Outline& outline;
  const Facts& facts;
  std::string_view environment;
  Knowledge knowledge;
  Findings& findings;
};

class Links {
public:
  explicit Links(const LinkInputs& inputs) : inputs_(inputs) {}

  // The names of `needs` of one instance. Reports unknown steps and needs across `finally`.
  void need(const yaml::Node& needs, std::size_t from);
  // Adds the edges of an absent step's references, whose values nobody reads.
  void need_references(const yaml::Node& node, std::size_t from);
  // What `steps.…` gives at an instance; its own outputs only where `may_use_itself`.
  [[nodiscard]] StepNames names(std::size_t from, bool may_use_itself);

  [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }

private:
  Found answer(const Reference& reference, Span place, std::size_t from, bool may_use_itself);
  Found output(const StepInstance& target, const std::string& path, const Reference& reference) const;
  Found unknown_step(const Reference& reference) const;

  LinkInputs inputs_;
  std::vector<Edge> edges_;
};

} // namespace deployctl::config
