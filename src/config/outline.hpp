// The steps of one environment before their inputs are read: ids, actions, instances of `for_each`, and who
// is absent. What `needs` and `${steps.…}` are resolved against. For the config layer's own use.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <deployctl/provider.hpp>

#include "config/catalog_names.hpp"
#include "config/scope.hpp"
#include "config/shape.hpp"

namespace deployctl::config {

// One entry under `steps` or `finally`.
struct StepOutline {
  std::string name;
  const yaml::Entry* entry = nullptr;
  bool is_finally = false;
  std::string uses;                   // empty: only judges gates
  const Provider* provider = nullptr; // none: unknown, of a later version, or no action
  std::optional<Kind> kind;           // none: not known
  std::vector<EachItem> items;        // of for_each
  bool has_items = false;
  std::string items_key; // equal for steps with the same items
  bool present = true;
  std::string why;                  // absent: "environments: [staging]"
  std::vector<std::string> results; // when.result
  std::size_t first = 0;            // its instances among all
  std::size_t count = 0;
};

struct StepInstance {
  std::string id; // "image" or "image.api"
  const StepOutline* step = nullptr;
  const EachItem* each = nullptr;
};

struct OutlineInputs {
  const yaml::Node& merged;
  std::string_view environment;
  const std::vector<std::string>& environments; // all that are declared
  const Facts& facts;
  const Catalog& catalog;
  Scope& scope;
  const Reader& reader;
  Findings& findings;
  Knowledge knowledge;
};

class Outline {
public:
  explicit Outline(const OutlineInputs& inputs);
  Outline(const Outline&) = delete;
  Outline& operator=(const Outline&) = delete;

  [[nodiscard]] const std::vector<StepInstance>& instances() const {
    return instances_;
  } // steps, then finally
  [[nodiscard]] const StepOutline* step(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name_or_instance) const;
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  // What a name means at a step: one instance, or all of a step; for the same items the one of the same item.
  [[nodiscard]] std::vector<std::size_t> resolve(std::string_view name, const StepInstance& from) const;

private:
  void add_section(const OutlineInputs& inputs, std::string_view key, bool is_finally);
  void add_instances(StepOutline& step, const OutlineInputs& inputs);

  std::deque<StepOutline> steps_; // stable addresses
  std::vector<StepInstance> instances_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> step_index_;
  std::unordered_map<std::string, std::size_t> instance_index_;
};

// What `uses` names, with the diagnostics of an unknown action or one of a later version.
struct ActionChoice {
  const Provider* provider = nullptr;
  std::optional<Kind> kind;
};
ActionChoice choose_action(std::string_view uses, Span span, const Catalog& catalog, Findings& findings);

} // namespace deployctl::config
