#include "registry/credentials.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "base/variables.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t largest_file = 1U << 20;
constexpr Milliseconds helper_patience{10'000};
constexpr std::size_t largest_answer = 64U << 10;
constexpr std::string_view hub_in_helpers = "https://index.docker.io/v1/";
constexpr std::string_view identity_user = "<token>"; // a helper's way to say that the secret is a token

bool is_helper_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

std::string first_line(std::string_view text) {
  text = trim(text);
  return std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 200)));
}

} // namespace

std::string UsualCredentials::variable(const std::string& name) const {
  return variable_or_empty(parts_.environment, name);
}

Secret UsualCredentials::secret(const std::string& name, const std::string& bytes) {
  if (bytes.empty()) return {};
  Secret made = Secret::reference(name).resolved_with(bytes);
  if (parts_.learn) parts_.learn(made);
  return made;
}

Credential UsualCredentials::known(const AuthEntry& entry, std::string source) {
  return {.user = entry.user,
          .password = secret("registry password", entry.password),
          .identity_token = secret("registry identity token", entry.identity_token),
          .access_token = secret("registry token", entry.registry_token),
          .source = std::move(source)};
}

Status UsualCredentials::read_place(const std::string& path, bool old_form) {
  const auto text = parts_.read_file(path, largest_file);
  if (!text && text.error().cause == Cause::not_found) return {};
  if (!text) return fail(text.error());
  auto file = parse_auth_file(*text, old_form);
  if (!file) return fail(std::move(file).error().in("while reading '" + path + "'"));
  places_->push_back({path, *std::move(file)});
  return {};
}

Result<const std::vector<UsualCredentials::Place>*> UsualCredentials::places() {
  if (places_) return &*places_;
  places_.emplace();
  const std::string home = variable("HOME");
  const auto below = [](const std::string& folder, const std::string& name) {
    return folder.empty() ? "" : folder + name;
  };
  const std::string own = variable("XDG_CONFIG_HOME");
  const std::string docker = variable("DOCKER_CONFIG");
  if (const std::string text = variable("DOCKER_AUTH_CONFIG"); !text.empty()) {
    auto file = parse_auth_file(text);
    if (!file) return fail(std::move(file).error().in("while reading the variable DOCKER_AUTH_CONFIG"));
    places_->push_back({"the variable DOCKER_AUTH_CONFIG", *std::move(file)});
  }
  const std::string paths[] = {
      variable("REGISTRY_AUTH_FILE"), below(variable("XDG_RUNTIME_DIR"), "/containers/auth.json"),
      below(own.empty() ? below(home, "/.config") : own, "/containers/auth.json"),
      below(docker.empty() ? below(home, "/.docker") : docker, "/config.json"), below(home, "/.dockercfg")};
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    if (const auto read = read_place(path, path.ends_with(".dockercfg")); !read) {
      places_.reset();
      return fail(read.error());
    }
  }
  return &*places_;
}

Result<std::optional<Credential>> UsualCredentials::from_helper(const std::string& helper, const Place& place,
                                                                const std::string& host,
                                                                const std::stop_token& stop) {
  const std::string key = helper + "\n" + host;
  if (const auto found = helped_.find(key); found != helped_.end()) return found->second;
  const std::string source = fmt::format("the helper '{}' of {}", helper, place.name);
  if (!is_helper_name(helper))
    return fail(Cause::config,
                fmt::format("'{}' in {} is not the name of a credential helper", helper, place.name));
  ProcessRequest request{.operation = "credential_helper",
                         .argv = {"docker-credential-" + helper, "get"},
                         .input = (host == "docker.io" ? std::string(hub_in_helpers) : host) + "\n",
                         .timeout = helper_patience,
                         .grace = Milliseconds(500),
                         .capture_limit = largest_answer};
  for (const auto& [name, value] : parts_.environment) request.inherit.push_back(name);
  DEPLOYCTL_TRY(const ProcessResult result, parts_.processes.run(request, stop));
  if (result.cancelled) return fail(Cause::cancelled, source + " was stopped");
  if (result.timed_out)
    return fail(Cause::timeout,
                fmt::format("{} gave no answer within {} s", source, helper_patience.count() / 1'000));
  const auto says = [&](std::string_view text) {
    return result.out.find(text) != std::string::npos || result.err.find(text) != std::string::npos;
  };
  if (result.exit_code != 0 && says("credentials not found")) return helped_[key] = std::nullopt;
  if (result.exit_code != 0)
    return fail(
        Error{.cause = Cause::auth,
              .message = fmt::format("{} failed for '{}' with exit code {}", source, host, result.exit_code),
              .help = fmt::format("run: echo {} | docker-credential-{} get", host, helper),
              .evidence = {first_line(result.err.empty() ? result.out : result.err)}});
  const auto answer = parse_json(result.out, JsonMode::plain, {.bytes = largest_answer, .depth = 4});
  if (!answer) return fail(Cause::auth, source + " answered with something else than JSON");
  const std::string user = text_at(*answer, "Username");
  const AuthEntry entry = user == identity_user
                              ? AuthEntry{.identity_token = text_at(*answer, "Secret")}
                              : AuthEntry{.user = user, .password = text_at(*answer, "Secret")};
  return helped_[key] = known(entry, source);
}

Result<std::optional<Credential>> UsualCredentials::from(const Place& place, const Repository& repository,
                                                         const std::stop_token& stop) {
  if (const std::string helper = place.file.helper_for(repository.host); !helper.empty()) {
    DEPLOYCTL_TRY(auto helped, from_helper(helper, place, repository.host, stop));
    if (helped) return helped;
  }
  const AuthEntry* entry = place.file.find(repository);
  return entry ? std::optional(known(*entry, place.name)) : std::nullopt;
}

Result<Credential> UsualCredentials::credential(const Repository& repository, const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  DEPLOYCTL_TRY(const auto* all, places());
  for (const Place& place : *all) {
    DEPLOYCTL_TRY(auto found, from(place, repository, stop));
    if (found) return *std::move(found);
  }
  return Credential{.source = "nobody: no credentials for " + repository.host};
}

} // namespace deployctl::registry
