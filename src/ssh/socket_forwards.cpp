#include "ssh/socket_forwards.hpp"

#include <unistd.h>

#include <fmt/core.h>

#include "os/bounded_wait.hpp"
#include "ssh/login_retry.hpp"
#include "ssh/mux_client.hpp"

namespace deployctl::ssh {
namespace {

std::string text_of(const mux::Endpoint& target) {
  return target.port == mux::Endpoint::unix_path ? target.host
                                                 : fmt::format("{} port {}", target.host, target.port);
}

} // namespace

Result<std::string> SocketForwards::path_to(const Destination& destination, const mux::Endpoint& target,
                                            Connection* connection, const std::stop_token& stop) {
  const std::string identity = fmt::format("{} of {}", text_of(target), destination.text());
  const std::shared_ptr<Forwarded> forwarded = known(identity);
  DEPLOYCTL_TRY(const Slots::Place turn, forwarded->turn->take(stop));
  const Status opened =
      connection ? over(*connection, *forwarded, target, stop) : alone(destination, *forwarded, target, stop);
  if (!opened) return fail(Error(opened.error()).in("while opening a way to " + identity));
  return forwarded->path;
}

std::shared_ptr<SocketForwards::Forwarded> SocketForwards::known(const std::string& identity) {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Forwarded>& place = forwards_[identity];
  if (!place) {
    place = std::make_shared<Forwarded>();
    place->turn = Slots::create(1, "the way to " + identity);
    place->path = run_.directory.socket("forward " + identity);
  }
  return place;
}

Status SocketForwards::over(Connection& connection, Forwarded& forwarded, const mux::Endpoint& target,
                            const std::stop_token& stop) {
  DEPLOYCTL_TRY(const std::shared_ptr<Master> master, connection.open(stop));
  if (forwarded.master.lock() == master) return {};
  ::unlink(forwarded.path.c_str()); // that of a connection that is gone
  os::BoundedWait wait(run_.clock, run_.limits.session_timeout, stop, "a forward");
  DEPLOYCTL_CHECK(mux::open_forward(master->socket(), {.listen = {forwarded.path}, .connect = target}, wait));
  forwarded.master = master;
  return {};
}

Status SocketForwards::alone(const Destination& destination, Forwarded& forwarded,
                             const mux::Endpoint& target, const std::stop_token& stop) {
  if (forwarded.client && forwarded.client->is_running()) return {};
  if (forwarded.refusal) return fail(*forwarded.refusal);
  DEPLOYCTL_TRY(const std::string forward, forward_text(forwarded.path, target));
  forwarded.client.reset();
  const auto attempt = [&]() -> Result<std::unique_ptr<ForwardingClient>> {
    const std::string log = fmt::format("{}.{}", forwarded.path, ++forwarded.starts);
    os::BoundedWait wait(run_.clock, run_.client.connect_timeout + run_.limits.login_timeout, stop,
                         "the SSH login at " + destination.host);
    return ForwardingClient::start(run_,
                                   {.argv = forward_arguments(run_.client, destination, log, forward),
                                    .listen = forwarded.path,
                                    .log = log,
                                    .host = destination.host},
                                   wait);
  };
  auto client = retry_dropped_logins(run_, destination.text(), stop, attempt);
  if (!client) {
    if (is_final(client.error())) forwarded.refusal = client.error();
    return fail(std::move(client).error());
  }
  forwarded.client = *std::move(client);
  return {};
}

} // namespace deployctl::ssh
