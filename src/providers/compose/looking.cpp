#include "providers/compose/looking.hpp"

#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "providers/compose/scripts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr std::size_t words_shown = 20;

// "image sha256:... registry/api@sha256:..."; "-" for one that is not there.
void take_image(Look& look, std::string_view rest) {
  const auto space = rest.find(' ');
  if (space == std::string_view::npos) return;
  const std::string_view id = rest.substr(0, space);
  look.image_ids.insert_or_assign(std::string(rest.substr(space + 1)), id == "-" ? "" : std::string(id));
}

} // namespace

Look read_look(std::string_view out) {
  Look look;
  for (const Line& line : key_lines(out)) {
    if (line.key == "image") take_image(look, line.rest);
    if (line.key != "container") continue;
    if (auto container = read_container(line.rest)) look.containers.push_back(*std::move(container));
  }
  return look;
}

Result<Look> look_at(Hosts& hosts, const Host& host, const std::string& socket, const LookWishes& wishes,
                     const std::stop_token& stop) {
  HostCommand command{.operation = "look", .script = look_script, .arguments = {socket, wishes.project}};
  command.arguments.insert(command.arguments.end(), wishes.images.begin(), wishes.images.end());
  DEPLOYCTL_TRY(const HostResult result,
                run_script(hosts, host, command,
                           fmt::format("cannot look at the project '{}' on '{}'", wishes.project, host.name),
                           stop));
  return read_look(result.out);
}

std::vector<std::string> last_words_of(Hosts& hosts, const Host& host, const std::string& socket,
                                       const std::string& container, const std::stop_token& stop) {
  if (container.empty()) return {};
  const HostCommand command{.operation = "log", .script = log_script, .arguments = {socket, container}};
  const auto said = hosts.run(host, command, stop);
  return said ? last_lines(said->out, words_shown) : std::vector<std::string>();
}

} // namespace deployctl::providers::compose
