#include "ssh/forwarding_client.hpp"

#include <algorithm>
#include <csignal>
#include <string_view>
#include <utility>

#include <unistd.h>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "os/local_socket.hpp"
#include "ssh/master.hpp"

namespace deployctl::ssh {
namespace {

// ssh expands '%' and '${', and ':' parts its words.
bool is_literal(std::string_view text, std::string_view marks) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [marks](char byte) {
    return is_letter_or_digit(byte) || marks.find(byte) != std::string_view::npos;
  });
}

} // namespace

Result<std::unique_ptr<ForwardingClient>> ForwardingClient::start(RunContext& run, ForwardOrder order,
                                                                  os::BoundedWait& wait) {
  ::unlink(order.listen.c_str()); // of one that is gone: ssh would not listen there
  DEPLOYCTL_TRY(const os::Descriptor null, os::open_null());
  DEPLOYCTL_TRY(os::BackgroundProcess process,
                os::BackgroundProcess::start(order.argv, run.environment,
                                             {.in = null.get(), .out = null.get(), .err = null.get()}));
  std::unique_ptr<ForwardingClient> client(new ForwardingClient(run, std::move(order), std::move(process)));
  DEPLOYCTL_CHECK(client->become_ready(wait));
  return client;
}

ForwardingClient::ForwardingClient(RunContext& run, ForwardOrder order, os::BackgroundProcess process)
    : run_(run), order_(std::move(order)), process_(std::move(process)) {
  run_.caretaker->watch(process_.pid());
}

ForwardingClient::~ForwardingClient() {
  constexpr Milliseconds patience{1'000};
  if (is_running()) {
    process_.signal(SIGTERM);
    os::BoundedWait wait(run_.clock, patience, {}, "the end of ssh");
    (void)wait.readable(process_.end_descriptor()); // beyond that it is ended by force
  }
  run_.caretaker->forget(process_.pid());
}

// ssh listens when it has logged in, so who is let in there is let in at the host.
Status ForwardingClient::become_ready(os::BoundedWait& wait) {
  constexpr Milliseconds between_looks{10};
  while (is_running()) {
    if (os::connect_local(order_.listen)) return {};
    DEPLOYCTL_CHECK(wait.pause(between_looks, process_.end_descriptor()));
  }
  return fail(cause_in_log(order_.log, order_.host));
}

Result<std::string> forward_text(const std::string& listen, const mux::Endpoint& target) {
  const bool is_path = target.port == mux::Endpoint::unix_path;
  if (!is_literal(target.host, is_path ? "/._-+@," : "._-:"))
    return fail(Cause::config, fmt::format("'{}' is no name that ssh can forward to", target.host),
                "name it with letters, digits, '.', '_' and '-', or let ssh share its connections");
  if (is_path) return fmt::format("{}:{}", listen, target.host);
  const bool is_bracketed = target.host.find(':') != std::string::npos; // IPv6
  return fmt::format("{}:{}{}{}:{}", listen, is_bracketed ? "[" : "", target.host, is_bracketed ? "]" : "",
                     target.port);
}

} // namespace deployctl::ssh
