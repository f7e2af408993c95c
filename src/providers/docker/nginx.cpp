#include "providers/docker/nginx.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "providers/docker/nginx_scripts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr std::string_view server_word = "server ";
constexpr std::string_view nobody = "127.0.0.1:9 down"; // an upstream without a server is refused
constexpr std::int64_t most_workers = 1'000'000;
constexpr Milliseconds reload_time{300'000};

std::string first_line(const std::string& owner) {
  return fmt::format("# Written by deployctl for {}; its next deployment writes it anew.", owner);
}

std::string file_of(const NginxInputs& inputs) {
  return inputs.file.empty() ? fmt::format("/etc/nginx/conf.d/deployctl-{}.conf", inputs.upstream)
                             : inputs.file;
}

} // namespace

std::string nginx_text(const std::string& owner, const std::string& upstream, const std::string& target) {
  return fmt::format("{}\nupstream {} {{\n    {}{};\n}}\n", first_line(owner), upstream, server_word,
                     target.empty() ? nobody : std::string_view(target));
}

std::string nginx_target(std::string_view text) {
  for (const std::string_view written : split(text, '\n')) {
    std::string_view line = trim(written);
    if (!line.starts_with(server_word) || !line.ends_with(';')) continue;
    line = line.substr(server_word.size(), line.size() - server_word.size() - 1);
    return line == nobody ? std::string() : std::string(line);
  }
  return {};
}

NginxAnswer parse_nginx(std::string_view answer) {
  NginxAnswer parsed;
  for (const Line& line : key_lines(answer)) {
    if (line.key == "loaded") parsed.is_loaded = line.rest == "yes";
    if (line.key == "runs") parsed.runs = line.rest == "yes";
    if (line.key == "quitting") {
      std::int64_t number = 0;
      std::from_chars(line.rest.data(), line.rest.data() + line.rest.size(), number);
      parsed.quitting = std::clamp<std::int64_t>(number, 0, most_workers);
    }
    if (line.key != "text") continue;
    parsed.has_file = true;
    parsed.text += line.rest;
    parsed.text += '\n';
  }
  return parsed;
}

Nginx::Nginx(NginxInputs inputs, std::string owner) : inputs_(std::move(inputs)), owner_(std::move(owner)) {
  inputs_.file = file_of(inputs_);
}

std::string Nginx::words() const {
  return fmt::format("nginx's upstream '{}'", inputs_.upstream);
}

ProxyCalls Nginx::look() const {
  return {HostCommand{
      .operation = "nginx_state", .script = nginx_state_script, .arguments = {inputs_.file, inputs_.pid}}};
}

Result<ProxyState> Nginx::read(ProxyAnswers answers) const {
  if (answers.size() != 1) return fail(Cause::internal, "nginx was asked one thing");
  const NginxAnswer answer = parse_nginx(answers[0].text);
  ProxyState state{.in_flight = answer.quitting, .is_loaded = answer.is_loaded};
  if (std::string target = nginx_target(answer.text); !target.empty())
    state.targets.push_back(std::move(target));
  if (!answer.runs)
    state.blocked.push_back(fmt::format("nginx does not run: '{}' names no process", inputs_.pid));
  if (answer.has_file && !answer.text.starts_with(first_line(owner_)))
    state.blocked.push_back(
        fmt::format("the file '{}' is there, and it was not written for this service", inputs_.file));
  return state;
}

Result<ProxyCalls> Nginx::toward(ProxyAnswers, const std::string& target) const {
  return ProxyCalls{write(target)};
}

// Its old workers end by themselves.
Result<ProxyCalls> Nginx::without_old(ProxyAnswers) const {
  return ProxyCalls();
}

// The file stays: the user's own configuration names the upstream.
Result<ProxyCalls> Nginx::nowhere(ProxyAnswers answers) const {
  DEPLOYCTL_TRY(const ProxyState state, read(answers));
  if (state.targets.empty() || !state.blocked.empty()) return ProxyCalls();
  return ProxyCalls{write("")};
}

HostCommand Nginx::write(const std::string& target) const {
  return {.operation = "nginx_write",
          .script = nginx_write_script,
          .arguments = {inputs_.file, inputs_.pid, inputs_.config},
          .input = nginx_text(owner_, inputs_.upstream, target),
          .timeout = reload_time};
}

std::vector<Operation> nginx_operations() {
  return {{.name = "nginx_state",
           .effect = Effect::read,
           .protocol = Protocol::host,
           .help = "Reads the upstream's file and looks at nginx's workers.",
           .script = nginx_state_script},
          {.name = "nginx_write",
           .effect = Effect::write,
           .protocol = Protocol::host,
           .help = "Writes the upstream's file, has nginx check it and reloads nginx.",
           .script = nginx_write_script}};
}

} // namespace deployctl::providers::docker
