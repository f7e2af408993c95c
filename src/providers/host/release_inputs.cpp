#include "providers/host/release_inputs.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/pattern.hpp"
#include "base/strings.hpp"
#include "net/url.hpp"

namespace deployctl::providers::host {
namespace {

constexpr std::array<std::string_view, 3> archive_endings = {".tar", ".tar.gz", ".tgz"};
constexpr std::size_t longest_version = 60;

bool is_plain_name(std::string_view name) {
  const auto parts = split(name, '/');
  return std::ranges::none_of(
      parts, [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

const std::string* text_in(const Value& inputs, std::string_view path) {
  const Value* found = inputs.find_path(path);
  return found ? found->text() : nullptr;
}

void check_path(const Value& inputs, std::vector<InputProblem>& problems) {
  const auto* path = text_in(inputs, "path");
  if (!path || (path->starts_with('/') && path->size() > 1 && is_plain_name(path->substr(1)))) return;
  problems.push_back({.path = "path",
                      .message = fmt::format("'{}' is not the absolute path of a folder", *path),
                      .help = "from the root, without '.' or '..', and without a '/' at the end"});
}

void check_shared(const Value& inputs, std::vector<InputProblem>& problems) {
  const Value* shared = inputs.find("shared");
  if (!shared || !shared->map()) return;
  for (const auto& [name, target] : *shared->map()) {
    std::string_view below = target.text() ? std::string_view(*target.text()) : std::string_view("x");
    if (below.ends_with('/')) below.remove_suffix(1);
    if (is_plain_name(name) && is_plain_name(below)) continue;
    problems.push_back(
        {.path = "shared." + name,
         .message = fmt::format("'{}' is not a name inside the release and one below shared/", name),
         .help = "both are relative, without '.' or '..'"});
  }
}

void check_archive(const Value& inputs, std::vector<InputProblem>& problems) {
  const Value* archive = inputs.find("archive");
  const auto* name = archive && archive->text() ? archive->text() : text_in(inputs, "archive.path");
  if (!name ||
      std::ranges::any_of(archive_endings, [&](std::string_view end) { return name->ends_with(end); }))
    return;
  problems.push_back({.path = "archive",
                      .message = fmt::format("'{}' is not an archive that can be unpacked", *name),
                      .help = "its name ends with .tar, .tar.gz or .tgz"});
}

void check_env(const Value& inputs, std::vector<InputProblem>& problems) {
  static const Pattern names = *Pattern::compile("[A-Za-z_][A-Za-z0-9_]*");
  const Value* env = inputs.find("env");
  if (!env || !env->map()) return;
  for (const auto& [name, value] : *env->map())
    if (!names.matches(name) || name.starts_with("DEPLOYCTL_"))
      problems.push_back({.path = "env." + name,
                          .message = fmt::format("'{}' cannot be the name of a variable here", name),
                          .help = "letters, digits and '_', not beginning with a digit or DEPLOYCTL_"});
}

Value::Map normalised(const Value& tree) {
  Value::Map result;
  const Value* entries = tree.find("entries");
  if (!entries || !entries->map()) return result;
  for (const auto& [name, entry] : *entries->map()) {
    if (const Value* link = entry.find("link")) {
      result.emplace(name, Value::Map{{"link", *link}});
      continue;
    }
    const Value* mode = entry.find("mode");
    const auto* bits = mode ? mode->get<std::int64_t>() : nullptr;
    const bool executable = bits && (*bits & 0100) != 0;
    const Value* digest = entry.find("sha256");
    result.emplace(name,
                   Value::Map{{"mode", executable ? 0755 : 0644}, {"sha256", digest ? *digest : Value()}});
  }
  return result;
}

} // namespace

std::vector<InputProblem> check_release(const Value& inputs) {
  std::vector<InputProblem> problems;
  check_path(inputs, problems);
  check_shared(inputs, problems);
  check_archive(inputs, problems);
  check_env(inputs, problems);
  if (const auto* http = text_in(inputs, "health.http"))
    if (const auto url = net::parse_url(health_url(*http, {.address = "local"})); !url)
      problems.push_back(
          {.path = "health.http", .message = url.error().message, .help = "a URL, or :8000/healthz"});
  if (const Value* systemd = inputs.find("systemd"))
    for (UnitProblem& problem : check_unit(*systemd))
      problems.push_back({.path = "systemd." + problem.path,
                          .message = std::move(problem.message),
                          .help = std::move(problem.help)});
  for (InputProblem& problem : check_answer(inputs, "health.")) problems.push_back(std::move(problem));
  return problems;
}

std::vector<SharedLink> shared_links(const ReleaseInputs& inputs) {
  std::vector<SharedLink> links;
  for (const auto& [name, target] : inputs.shared) {
    std::string link = "../../"; // from releases/NAME/ to the root
    for (const char c : name)
      if (c == '/') link += "../";
    link += "shared/" + (target.ends_with('/') ? target.substr(0, target.size() - 1) : target);
    links.push_back({.name = name, .link = std::move(link), .target = target});
  }
  return links;
}

Value::Map wanted_entries(const ReleaseInputs& inputs) {
  if (inputs.source.is_null()) return {};
  Value::Map entries = normalised(inputs.source);
  for (const SharedLink& shared : shared_links(inputs))
    entries.insert_or_assign(shared.name, Value::Map{{"link", shared.link}});
  return entries;
}

std::string release_digest(const ReleaseInputs& inputs) {
  if (!inputs.source.is_null()) return sha256_hex(to_json(Value(wanted_entries(inputs))));
  Value::Map shared;
  for (const SharedLink& link : shared_links(inputs)) shared.emplace(link.name, link.link);
  const Value* archive = inputs.archive.find("sha256");
  return sha256_hex(
      to_json(Value(Value::Map{{"archive", archive ? *archive : Value()}, {"shared", std::move(shared)}})));
}

std::string release_name(const ReleaseInputs& inputs) {
  std::string name = inputs.version.substr(0, longest_version);
  for (char& c : name) {
    const bool kept =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_';
    if (!kept) c = '-';
  }
  while (name.starts_with('.') || name.starts_with('-')) name.erase(0, 1); // hidden names are uploads
  return (name.empty() ? "" : name + "-") + release_digest(inputs).substr(0, 12);
}

std::string health_url(const std::string& http, const Host& host) {
  if (!http.starts_with(':')) return http;
  const bool is_address6 = host.address.find(':') != std::string::npos;
  const std::string address = host.is_local() ? "127.0.0.1"
                              : is_address6   ? '[' + host.address + ']'
                                              : host.address;
  return "http://" + address + http;
}

} // namespace deployctl::providers::host
