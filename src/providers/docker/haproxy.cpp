#include "providers/docker/haproxy.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "providers/docker/haproxy_scripts.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr std::string_view state_header = "# be_id ";
constexpr std::string_view statistics_header = "# pxname,";
constexpr std::string_view no_backend = "Can't find backend";
// Of srv_op_state and srv_admin_state, as the management guide has them.
constexpr std::int64_t starting = 1;
constexpr std::int64_t running = 2;
constexpr std::int64_t any_maintenance = 0x63; // forced, inherited, by resolution; not that of the file alone
constexpr std::int64_t any_drain = 0x18;
constexpr std::int64_t most_sessions = 1'000'000'000;

std::int64_t number_of(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : -1;
}

// A row of a table whose first line names the columns.
class Row {
public:
  Row(const std::vector<std::string_view>& names, std::string_view line, char separator)
      : names_(names), cells_(split(line, separator)) {}

  [[nodiscard]] std::string_view at(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    const auto index = static_cast<std::size_t>(found - names_.begin());
    return index < cells_.size() && found != names_.end() ? cells_[index] : std::string_view();
  }
  [[nodiscard]] std::int64_t number(std::string_view name) const { return number_of(at(name)); }

private:
  const std::vector<std::string_view>& names_;
  std::vector<std::string_view> cells_;
};

std::vector<std::string_view> columns_of(std::string_view header, char separator) {
  return split(header.substr(2), separator);
}

HaproxyServer server_of(const Row& row) {
  const std::int64_t state = row.number("srv_op_state");
  const std::int64_t admin = std::max<std::int64_t>(row.number("srv_admin_state"), 0);
  const bool is_up = state == starting || state == running;
  return {.name = std::string(row.at("srv_name")),
          .address = fmt::format("{}:{}", row.at("srv_addr"), row.at("srv_port")),
          .takes_new =
              is_up && (admin & (any_maintenance | any_drain)) == 0 && row.number("srv_uweight") != 0,
          .is_in_maintenance = (admin & any_maintenance) != 0};
}

void add_sessions(std::vector<HaproxyServer>& servers, const Row& row) {
  const auto found = std::ranges::find(servers, row.at("svname"), &HaproxyServer::name);
  if (found == servers.end()) return;
  for (const char* column : {"scur", "qcur"})
    found->busy += std::clamp<std::int64_t>(row.number(column), 0, most_sessions);
}

HaproxyServer* named(std::vector<HaproxyServer>& servers, const std::string& name) {
  const auto found = std::ranges::find(servers, name, &HaproxyServer::name);
  return found == servers.end() ? nullptr : &*found;
}

// Who is to lead to the target: the one that does, else one that takes nothing new.
const HaproxyServer& next_of(const std::vector<HaproxyServer>& servers, const std::string& target) {
  const auto rank = [&](const HaproxyServer& server) {
    return (server.address == target ? 4 : 0) + (server.takes_new ? 0 : 2) + (server.busy == 0 ? 1 : 0);
  };
  return *std::ranges::max_element(servers, {}, rank);
}

} // namespace

Result<std::vector<HaproxyServer>> parse_haproxy(std::string_view answer) {
  std::vector<HaproxyServer> servers;
  std::vector<std::string_view> names;
  bool is_statistics = false;
  for (const std::string_view written : split(answer, '\n')) {
    const std::string_view line = trim(written);
    if (line.empty()) continue;
    if (line.starts_with(no_backend))
      return fail(Cause::not_found, "HAProxy has no such backend",
                  "'backend' is a name of its configuration");
    if (line.starts_with("Permission denied"))
      return fail(Cause::permission, "HAProxy lets nobody set servers over this socket",
                  "its 'stats socket' needs 'level admin'");
    if (line.starts_with(state_header) || line.starts_with(statistics_header)) {
      is_statistics = line.starts_with(statistics_header);
      names = columns_of(line, is_statistics ? ',' : ' ');
      continue;
    }
    if (names.empty()) continue; // the version of the format
    const Row row(names, line, is_statistics ? ',' : ' ');
    if (is_statistics) add_sessions(servers, row);
    if (!is_statistics && !row.at("srv_name").empty()) servers.push_back(server_of(row));
  }
  if (names.empty()) return fail(Cause::network, "HAProxy's answer tells no state of servers");
  return servers;
}

std::string Haproxy::words() const {
  return fmt::format("HAProxy's backend '{}'", inputs_.backend);
}

ProxyCalls Haproxy::look() const {
  return {command("haproxy_state", haproxy_state_script, {})};
}

// Of those that were asked for, what there is.
Result<std::vector<HaproxyServer>> Haproxy::ours(ProxyAnswers answers) const {
  if (answers.size() != 1) return fail(Cause::internal, "HAProxy was asked one thing");
  DEPLOYCTL_TRY(std::vector<HaproxyServer> all, parse_haproxy(answers[0].text).map_error([&](Error error) {
    return std::move(error).in("while looking at " + words());
  }));
  std::vector<HaproxyServer> servers;
  for (const std::string& name : inputs_.servers)
    if (const HaproxyServer* found = named(all, name)) servers.push_back(*found);
  return servers;
}

Result<ProxyState> Haproxy::read(ProxyAnswers answers) const {
  DEPLOYCTL_TRY(const std::vector<HaproxyServer> servers, ours(answers));
  ProxyState state;
  for (const HaproxyServer& server : servers) {
    if (server.takes_new)
      state.targets.push_back(server.address);
    else
      state.in_flight += server.busy;
  }
  if (servers.size() < 2)
    state.blocked.push_back(fmt::format("backend '{}' of HAProxy needs two servers, {}, and has {} of them",
                                        inputs_.backend, join(inputs_.servers, " and "), servers.size()));
  return state;
}

Result<ProxyCalls> Haproxy::toward(ProxyAnswers answers, const std::string& target) const {
  DEPLOYCTL_TRY(const std::vector<HaproxyServer> servers, ours(answers));
  ProxyCalls calls;
  if (servers.empty()) return calls;
  const HaproxyServer& next = next_of(servers, target);
  if (!next.takes_new || next.address != target) {
    calls.emplace_back(open(next.name, target));
    return calls; // the others go on until this one is seen to take requests
  }
  for (const HaproxyServer& server : servers)
    if (server.takes_new && server.name != next.name) calls.emplace_back(close(server.name, "drain"));
  return calls;
}

Result<ProxyCalls> Haproxy::without_old(ProxyAnswers answers) const {
  DEPLOYCTL_TRY(const std::vector<HaproxyServer> servers, ours(answers));
  ProxyCalls calls;
  for (const HaproxyServer& server : servers)
    if (!server.takes_new && !server.is_in_maintenance) calls.emplace_back(close(server.name, "maint"));
  add_saving(calls);
  return calls;
}

Result<ProxyCalls> Haproxy::nowhere(ProxyAnswers answers) const {
  DEPLOYCTL_TRY(const std::vector<HaproxyServer> servers, ours(answers));
  ProxyCalls calls;
  for (const HaproxyServer& server : servers)
    if (!server.is_in_maintenance) calls.emplace_back(close(server.name, "maint"));
  add_saving(calls);
  return calls;
}

void Haproxy::add_saving(ProxyCalls& calls) const {
  if (!inputs_.state_file.empty())
    calls.emplace_back(command("haproxy_save", haproxy_save_script, {inputs_.state_file}));
}

HostCommand Haproxy::open(const std::string& server, const std::string& target) const {
  const auto colon = target.rfind(':');
  return command("haproxy_open", haproxy_open_script,
                 {server, target.substr(0, colon), target.substr(colon + 1)});
}

HostCommand Haproxy::close(const std::string& server, const char* state) const {
  return command("haproxy_close", haproxy_close_script, {server, state});
}

HostCommand Haproxy::command(const char* operation, const std::string& script,
                             const std::vector<std::string>& more) const {
  HostCommand made{.operation = operation, .script = script, .arguments = {inputs_.socket, inputs_.backend}};
  made.arguments.insert(made.arguments.end(), more.begin(), more.end());
  return made;
}

std::vector<Operation> haproxy_operations() {
  const auto row = [](const char* name, Effect effect, const std::string& script, const char* help) {
    return Operation{
        .name = name, .effect = effect, .protocol = Protocol::host, .help = help, .script = script};
  };
  return {
      row("haproxy_state", Effect::read, haproxy_state_script,
          "Asks HAProxy for the servers of a backend and their sessions."),
      row("haproxy_open", Effect::write, haproxy_open_script,
          "Leads a server of HAProxy to a container and lets it take requests."),
      row("haproxy_close", Effect::write, haproxy_close_script,
          "Drains a server of HAProxy, or takes it out."),
      row("haproxy_save", Effect::write, haproxy_save_script,
          "Writes the state of HAProxy's servers where it reads it when it starts."),
  };
}

} // namespace deployctl::providers::docker
