#include "config/instances.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/registry_settings.hpp"
#include "base/ssh_settings.hpp"
#include "base/store_settings.hpp"
#include "config/catalog_names.hpp"

namespace deployctl::config {

namespace {

// Settings belong to a provider, not to one action: the first of its actions that takes any describes them.
const Provider* find_settings(const Catalog& catalog, std::string_view provider) {
  const Provider* any = nullptr;
  for (const auto& candidate : catalog) {
    if (provider_of(candidate.description.name) != provider) continue;
    if (!candidate.instance_fields.empty()) return &candidate;
    any = &candidate;
  }
  return any;
}

bool is_later(std::string_view provider) {
  const auto names = later_providers();
  return std::find(names.begin(), names.end(), provider) != names.end();
}

} // namespace

std::vector<std::string> provider_names(const Catalog& catalog) {
  std::set<std::string> names;
  for (const auto& provider : catalog)
    if (!provider.instance_fields.empty()) names.emplace(provider_of(provider.description.name));
  for (const auto& store : store_settings()) names.emplace(store.provider);
  return {names.begin(), names.end()};
}

const std::vector<Field>* settings_of_provider(const Catalog& catalog, std::string_view provider) {
  const Provider* of_action = find_settings(catalog, provider);
  if (of_action && !of_action->instance_fields.empty()) return &of_action->instance_fields;
  const StoreSettings* of_store = find_store_settings(provider);
  return of_store ? &of_store->fields : nullptr;
}

Instances::Instances(const Inputs& inputs) : inputs_(inputs) {
  const auto* providers = inputs_.merged.find("providers");
  if (!providers) return;
  for (const auto& entry : providers->entries) {
    order_.push_back(entry.key);
    declared_[entry.key].entry = &entry;
  }
}

void Instances::read(Declared& declared) {
  if (declared.settings) return;
  const auto& entry = *declared.entry;
  const auto name = std::string(provider_of(entry.key));
  const auto* provider = find_settings(inputs_.catalog, name);
  const std::vector<Field> none;
  const auto* settings = settings_of_provider(inputs_.catalog, name);
  const auto& fields = settings ? *settings : none;
  const auto written = inputs_.reader.read_members(
      entry.value, fields,
      inputs_.scope.names({.allowed = roots::store | roots::secrets, .knowledge = inputs_.knowledge}));
  declared.settings = Value::Map{};
  if (!provider && !settings && is_later(name))
    return report_later(inputs_.findings, "D0905", entry.key_span, fmt::format("provider '{}'", name));
  if (!settings)
    return inputs_.findings.error(
        "D0507", entry.key_span,
        provider ? fmt::format("provider '{}' takes no settings", name)
                 : fmt::format("unknown provider '{}'", name),
        {},
        provider ? "remove the entry"
                 : similar_help(name, provider_names(inputs_.catalog), "provider", "providers"));
  if (written.kind != Spanned::Kind::map) return; // the language's table said so already
  ShapeContext context{.findings = inputs_.findings, .action = name, .files = &inputs_.probes.files};
  const Where where{.noun = "provider", .name = entry.key};
  declared.settings = shape_members(fields, {}, written, where, context);
}

std::vector<std::string> Instances::names_of(std::string_view provider) const {
  std::vector<std::string> names;
  for (const auto& name : order_)
    if (provider_of(name) == provider) names.push_back(name);
  return names;
}

std::string Instances::choose(const Description& action, const std::string* written, Span span) {
  const std::string provider(provider_of(action.name));
  if (asks_registries(provider))
    for (const auto& registry : names_of(registry_provider)) {
      read(declared_.at(registry));
      used_.insert(registry);
    }
  auto name = written ? *written : provider;
  if (const auto found = declared_.find(name); found != declared_.end() && provider_of(name) == provider) {
    read(found->second);
    used_.insert(name);
    return name;
  }
  if (written && (provider_of(name) != provider || name != provider)) {
    refuse(name, provider, fmt::format("'{}' works with '{}' only", action.name, provider), span);
  } else if (const auto* settings = find_settings(inputs_.catalog, provider)) {
    for (const auto& field : settings->instance_fields)
      if (field.required)
        return inputs_.findings.error(
                   "D0507", span,
                   fmt::format("'{}' needs '{}' under 'providers: {}'", action.name, field.name, provider),
                   "not declared",
                   names_of(provider).empty()
                       ? fmt::format("declare it: providers: {{ {}: {{ {}: … }} }}", provider, field.name)
                       : fmt::format("pick one with `provider`: {}", quoted_list(names_of(provider)))),
               name;
  }
  return name;
}

void Instances::refuse(const std::string& name, std::string_view provider, const std::string& rule,
                       Span span) {
  const auto similar = similar_help(name, names_of(provider), "instance", "instances");
  if (provider_of(name) != provider)
    inputs_.findings.error("D0507", span, fmt::format("'{}' is no instance of provider '{}'", name, provider),
                           rule, similar);
  else
    inputs_.findings.error("D0507", span, fmt::format("no instance '{}' is declared under 'providers'", name),
                           "not declared", similar);
}

void Instances::choose_store(const SecretReference& reference, Span span) {
  const auto* store = find_store_of_scheme(reference.scheme);
  if (!store) return;
  const std::string_view provider = store->provider;
  const auto name = instance_of(reference);
  if (const auto found = declared_.find(name); found != declared_.end() && provider_of(name) == provider) {
    read(found->second);
    used_.insert(name);
  } else if (name != provider) {
    refuse(name, provider, fmt::format("'{}://' works with '{}' only", reference.scheme, provider), span);
  }
}

void Instances::choose_transport() {
  for (auto& [name, declared] : declared_) {
    if (provider_of(name) != ssh_provider) continue;
    read(declared);
    used_.insert(name);
    if (name != ssh_provider)
      inputs_.findings.error("D0507", declared.entry->key_span,
                             fmt::format("'{}' would never be used: all hosts are reached one way", name), {},
                             fmt::format("write '{}'; environments may lay their own over it", ssh_provider));
  }
}

void Instances::check_all() {
  for (auto& [name, declared] : declared_) read(declared);
}

std::vector<ProviderInstance> Instances::used() const {
  std::vector<ProviderInstance> used;
  for (const auto& name : order_)
    if (const auto& declared = declared_.at(name); used_.contains(name))
      used.push_back({.name = name,
                      .settings = declared.settings.value_or(Value::Map{}),
                      .span = declared.entry->key_span});
  return used;
}

} // namespace deployctl::config
