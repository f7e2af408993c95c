#include "base/guard.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/core.h>

#include "base/pattern.hpp"
#include "base/strings.hpp"

namespace deployctl {
namespace {

constexpr std::array<std::string_view, 4> effect_names = {"read", "dry_run", "auth", "write"};
constexpr std::array<std::string_view, 4> protocol_names = {"http", "host", "transfer", "process"};
constexpr std::array<std::string_view, 2> mode_names = {"read", "write"};

template <class Enum, std::size_t count>
std::string_view name_of(Enum value, const std::array<std::string_view, count>& names) {
  return names.at(static_cast<std::size_t>(value));
}

struct Entry {
  Operation operation;
  std::optional<Pattern> path; // http only; none also when it does not compile, so that nothing matches
};

// The path of an http or https URL, without query and fragment.
std::string_view path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  const std::size_t begin = rest.find_first_of("/?#");
  if (begin == std::string_view::npos || rest[begin] != '/') return "/";
  const std::string_view path = rest.substr(begin);
  return path.substr(0, path.find_first_of("?#"));
}

// A client resolves such segments before it sends, so the path that arrives would not be the one that
// matched.
bool has_dot_segments(std::string_view path) {
  const std::string plain = replace_all(to_lower(path), "%2e", ".");
  const auto parts = split(plain, '/');
  return std::any_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return part == "." || part == ".."; });
}

bool equals_list(const std::vector<std::string>& words, const Value& list) {
  return std::equal(
      words.begin(), words.end(), list.list()->begin(), list.list()->end(),
      [](const std::string& word, const Value& item) { return item.text() && *item.text() == word; });
}

// Judges requests; shared by the guarded ports of one session.
class Rules {
public:
  Rules(const Description& description, SessionMode mode, std::vector<Value> inputs)
      : provider_(description.name), mode_(mode), inputs_(std::move(inputs)) {
    for (const Operation& operation : description.operations) {
      Entry entry{.operation = operation, .path = std::nullopt};
      if (auto path = Pattern::compile(operation.path); path) entry.path = *std::move(path);
      entries_.push_back(std::move(entry));
    }
  }

  [[nodiscard]] Status check(const HttpRequest& request) const {
    DEPLOYCTL_TRY(const Entry* entry, find(request.operation, Protocol::http));
    const std::string_view path = path_of(request.url);
    if (request.method != entry->operation.method)
      return refuse(entry->operation,
                    fmt::format("method {} is not {}", request.method, entry->operation.method));
    if (has_dot_segments(path) || !entry->path || !entry->path->matches(path))
      return refuse(entry->operation, fmt::format("path '{}' is not '{}'", path, entry->operation.path));
    return {};
  }

  [[nodiscard]] Status check(const HostCommand& command) const {
    DEPLOYCTL_TRY(const Entry* entry, find(command.operation, Protocol::host));
    const Operation& operation = entry->operation;
    if (operation.from_input.empty())
      return command.script == operation.script ? Status()
                                                : refuse(operation, "the script is not the table's");
    const bool own = any_input(operation.from_input, [&](const Value& value) {
      const bool own_script = command.script == operation.script;
      if (value.text())
        return command.script == *value.text() ||
               (own_script && command.arguments == std::vector<std::string>{*value.text()});
      return value.list() && own_script && equals_list(command.arguments, value);
    });
    return own ? Status()
               : refuse(operation, fmt::format("the command is not the input '{}'", operation.from_input));
  }

  [[nodiscard]] Status check(const HostTransfer& transfer) const {
    DEPLOYCTL_CHECK(find(transfer.operation, Protocol::transfer));
    return {};
  }

  [[nodiscard]] Status check(const ProcessRequest& request) const {
    DEPLOYCTL_TRY(const Entry* entry, find(request.operation, Protocol::process));
    const Operation& operation = entry->operation;
    if (operation.any_argv) {
      // Nobody can tell what such a command does, so no table may call it harmless.
      if (operation.effect == Effect::write) return {};
      return refuse(operation, "any argv is allowed, but the effect is not write");
    }
    if (!operation.path.empty()) {
      if (entry->path && entry->path->matches(join(request.argv, "\n"))) return {};
      return refuse(operation, "argv does not match the table's pattern");
    }
    const bool own = any_input(operation.from_input, [&](const Value& value) {
      if (value.list()) return equals_list(request.argv, value);
      return value.text() && is_shell_of(request.argv, *value.text());
    });
    return own ? Status()
               : refuse(operation, fmt::format("argv is not the input '{}'", operation.from_input));
  }

private:
  static bool is_shell_of(const std::vector<std::string>& argv, const std::string& script) {
    return argv.size() == 3 && (argv[0] == "sh" || argv[0] == "/bin/sh") && argv[1].starts_with('-') &&
           argv[2] == script;
  }

  template <class Predicate>
  bool any_input(const std::string& path, Predicate holds) const {
    if (path.empty()) return false;
    return std::any_of(inputs_.begin(), inputs_.end(), [&](const Value& inputs) {
      const Value* value = inputs.find_path(path);
      return value && holds(*value);
    });
  }

  [[nodiscard]] Result<const Entry*> find(const std::string& name, Protocol protocol) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.operation.name == name; });
    if (found == entries_.end())
      return fail(Cause::internal, fmt::format("'{}' has no operation '{}'; a {} session refused it",
                                               provider_, name, name_of(mode_, mode_names)));
    if (found->operation.protocol != protocol)
      return refuse(found->operation, fmt::format("it is of protocol {}, not {}",
                                                  name_of(found->operation.protocol, protocol_names),
                                                  name_of(protocol, protocol_names)));
    if (found->operation.effect == Effect::write && mode_ == SessionMode::read)
      return refuse(found->operation, "it would change something");
    return &*found;
  }

  [[nodiscard]] tl::unexpected<Error> refuse(const Operation& operation, std::string_view why) const {
    return fail(Cause::internal,
                fmt::format("operation '{}' of '{}' (effect {}) was refused in a {} session: {}",
                            operation.name, provider_, name_of(operation.effect, effect_names),
                            name_of(mode_, mode_names), why));
  }

  std::string provider_;
  SessionMode mode_;
  std::vector<Value> inputs_;
  std::vector<Entry> entries_;
};

class GuardedHttp final : public Http {
public:
  GuardedHttp(const Rules& rules, Http& inner) : rules_(rules), inner_(inner) {}
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    DEPLOYCTL_CHECK(rules_.check(request));
    return inner_.send(request, std::move(stop));
  }

private:
  const Rules& rules_;
  Http& inner_;
};

class GuardedHosts final : public Hosts {
public:
  GuardedHosts(const Rules& rules, Hosts& inner) : rules_(rules), inner_(inner) {}
  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override {
    DEPLOYCTL_CHECK(rules_.check(command));
    return inner_.run(host, command, std::move(stop));
  }
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override {
    DEPLOYCTL_CHECK(rules_.check(transfer));
    return inner_.transfer(host, transfer, std::move(stop));
  }

private:
  const Rules& rules_;
  Hosts& inner_;
};

class GuardedProcesses final : public Processes {
public:
  GuardedProcesses(const Rules& rules, Processes& inner) : rules_(rules), inner_(inner) {}
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token stop) override {
    DEPLOYCTL_CHECK(rules_.check(request));
    return inner_.run(request, std::move(stop));
  }

private:
  const Rules& rules_;
  Processes& inner_;
};

} // namespace

struct GuardedPorts::Parts {
  Parts(Ports inner_ports, Rules session_rules)
      : rules(std::move(session_rules)), http(rules, inner_ports.http), hosts(rules, inner_ports.hosts),
        processes(rules, inner_ports.processes), inner(inner_ports) {}

  Rules rules;
  GuardedHttp http;
  GuardedHosts hosts;
  GuardedProcesses processes;
  Ports inner;
};

GuardedPorts::GuardedPorts(Ports inner, const Description& description, SessionMode mode,
                           std::vector<Value> inputs)
    : parts_(std::make_unique<Parts>(inner, Rules(description, mode, std::move(inputs)))) {}

GuardedPorts::~GuardedPorts() = default;

Ports GuardedPorts::ports() {
  return {.http = parts_->http,
          .hosts = parts_->hosts,
          .processes = parts_->processes,
          .files = parts_->inner.files,
          .clock = parts_->inner.clock,
          .random = parts_->inner.random};
}

} // namespace deployctl
