#include <deployctl/provider.hpp>

#include <algorithm>

namespace deployctl {
namespace {

Diagnosis as_it_is(const Failure& failure) {
  return {.cause = failure.error.cause, .summary = failure.error.message, .evidence = failure.error.evidence};
}

} // namespace

Readiness Resource::ready(ReadSession&, const Change&, const Stage&) const {
  return {};
}

Diagnosis Resource::diagnose(ReadSession&, const Failure& failure) const {
  return as_it_is(failure);
}

Diagnosis Task::diagnose(ReadSession&, const Failure& failure) const {
  return as_it_is(failure);
}

const Provider* find_provider(const Catalog& catalog, std::string_view action) {
  const auto found = std::find_if(catalog.begin(), catalog.end(), [action](const Provider& provider) {
    return provider.description.name == action;
  });
  return found == catalog.end() ? nullptr : &*found;
}

} // namespace deployctl
