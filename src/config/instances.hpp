// Provider instances under `providers`: their settings against the tables of the catalog and of the stores,
// and which one an action or a secret uses.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/secret_reference.hpp"
#include "config/pipeline.hpp"
#include "config/scope.hpp"
#include "config/shape.hpp"

namespace deployctl::config {

// Providers that take settings, sorted.
std::vector<std::string> provider_names(const Catalog& catalog);
// What may be written for a provider, by an action of it or by its secret store; null: nothing.
const std::vector<Field>* settings_of_provider(const Catalog& catalog, std::string_view provider);

class Instances {
public:
  struct Inputs {
    const yaml::Node& merged;
    const Catalog& catalog;
    Scope& scope;
    const Reader& reader;
    const Probes& probes;
    Findings& findings;
    Knowledge knowledge;
  };
  explicit Instances(const Inputs& inputs);

  // The instance of an action; `written` is the step's `provider`. Reports unknown ones, those of another
  // provider, and a provider that cannot work without settings.
  std::string choose(const Description& action, const std::string* written, Span span);
  // The instance of a secret's store, which works without settings too.
  void choose_store(const SecretReference& reference, Span span);
  // How hosts are reached is everybody's: `ssh` is used when it is declared.
  void choose_transport();
  // Checks settings nobody asked for.
  void check_all();
  [[nodiscard]] std::vector<ProviderInstance> used() const; // in file order

private:
  struct Declared {
    const yaml::Entry* entry = nullptr;
    std::optional<Value> settings;
  };

  void read(Declared& declared);
  void refuse(const std::string& name, std::string_view provider, const std::string& rule, Span span);
  [[nodiscard]] std::vector<std::string> names_of(std::string_view provider) const;

  Inputs inputs_;
  std::vector<std::string> order_;
  std::map<std::string, Declared, std::less<>> declared_;
  std::set<std::string> used_;
};

} // namespace deployctl::config
