#include "cli/commands/permissions.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/secret_reference.hpp"
#include "base/strings.hpp"
#include "cli/invocation.hpp"
#include "cli/loading.hpp"
#include "config/needs.hpp"
#include "registry/reference.hpp"
#include "secrets/permissions.hpp"
#include "ui/table.hpp"

namespace deployctl::cli {
namespace {

using config::Need;

// One permission at one place, and the steps or secrets that it is for.
struct Row {
  std::string kind; // "host", "registry", "secret store", "machine"
  std::string place;
  std::string what;
  std::vector<std::string> for_what;
};

constexpr std::string_view machine = "this machine";

// "pull,push registry.example.com/api:v1" as registries name it.
Row registry_row(const Need& need) {
  const std::size_t space = need.what.find(' ');
  const std::string verbs = need.what.substr(0, space);
  const std::string image = need.what.substr(std::min(space, need.what.size() - 1) + 1);
  const Result<registry::Reference> reference = registry::parse_reference(image);
  if (!reference) return {"registry", "its registry", need.what, {need.step}};
  const registry::Repository& repository = reference->repository;
  return {"registry", repository.host, "repository:" + repository.name + ":" + verbs, {need.step}};
}

Row row_of(const Need& need) {
  if (need.place == Need::Place::registry) return registry_row(need);
  if (need.place == Need::Place::host) return {"host", need.host, need.what, {need.step}};
  return {"machine", std::string(machine), need.what, {need.step}};
}

Row row_of(const config::SecretDeclaration& secret, const SecretReference& reference) {
  secrets::StorePermission permission = secrets::permission_for(reference);
  const bool here = permission.store == machine;
  return {here ? "machine" : "secret store",
          std::move(permission.store),
          std::move(permission.what),
          {"${secrets." + secret.name + "}"}};
}

void add(std::vector<Row>& rows, Row row) {
  const auto known = std::find_if(rows.begin(), rows.end(), [&](const Row& other) {
    return other.place == row.place && other.what == row.what;
  });
  if (known == rows.end()) {
    rows.push_back(std::move(row));
    return;
  }
  for (std::string& each : row.for_what)
    if (std::find(known->for_what.begin(), known->for_what.end(), each) == known->for_what.end())
      known->for_what.push_back(std::move(each));
}

Result<std::vector<Row>> rows_of(const Loaded& loaded) {
  std::vector<Row> rows;
  const std::string own = "deployctl";
  add(rows, {"machine", std::string(machine), "write into .deployctl beside the pipeline", {own}});
  if (loaded.surroundings.repository)
    add(rows, {"machine", std::string(machine), "read the git repository", {own}});
  for (const Need& need : config::needs_of(loaded.pipeline, loaded.catalog)) add(rows, row_of(need));
  for (const config::SecretDeclaration& secret : loaded.pipeline.secrets) {
    DEPLOYCTL_TRY(const SecretReference reference, parse_secret_reference(secret.reference));
    add(rows, row_of(secret, reference));
  }
  // By place, in the order in which places appear.
  std::vector<std::string> places;
  for (const Row& row : rows)
    if (std::find(places.begin(), places.end(), row.place) == places.end()) places.push_back(row.place);
  const auto number = [&](const Row& row) { return std::find(places.begin(), places.end(), row.place); };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& left, const Row& right) { return number(left) < number(right); });
  return rows;
}

Value document_of(const std::string& stack, const std::vector<Row>& rows) {
  Value::List needs;
  for (const Row& row : rows) {
    Value::List for_what;
    for (const std::string& each : row.for_what) for_what.emplace_back(each);
    needs.push_back(Value::Map{
        {"kind", row.kind}, {"place", row.place}, {"what", row.what}, {"for", std::move(for_what)}});
  }
  return Value::Map{{"stack", stack}, {"needs", std::move(needs)}};
}

std::string text_of(const std::string& stack, const std::vector<Row>& rows, const ui::Style& style) {
  ui::Table table({"PLACE", "FOR", "NEEDS"});
  std::string_view last;
  for (const Row& row : rows) {
    table.add({row.place == last ? "" : row.place, join(row.for_what, ", "), row.what});
    last = row.place;
  }
  return stack + "\n" + table.text(style);
}

} // namespace

Result<ExitCode> run_permissions(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  std::vector<std::string> environments = invocation.line.arguments;
  if (environments.empty()) environments = project.environments();
  Value::List documents;
  std::string text;
  for (const std::string& environment : environments) {
    DEPLOYCTL_TRY(const Loaded loaded, load_environment(invocation, project, environment));
    DEPLOYCTL_TRY(const std::vector<Row> rows, rows_of(loaded));
    const std::string stack = loaded.pipeline.stack();
    text += (text.empty() ? "" : "\n") + text_of(stack, rows, invocation.console.out_style());
    documents.push_back(document_of(stack, rows));
  }
  invocation.console.answer(text, Value::Map{{"environments", std::move(documents)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
