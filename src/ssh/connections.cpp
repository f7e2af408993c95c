#include "ssh/connections.hpp"

#include "ssh/touch_notice.hpp"

namespace deployctl::ssh {

Result<std::unique_ptr<Connections>> Connections::create(const Clock& clock, Random& random,
                                                         os::Environment environment, Client client,
                                                         Limits limits) {
  DEPLOYCTL_TRY(RuntimeDirectory directory, RuntimeDirectory::create(runtime_parents(environment)));
  if (client.ask_touch) DEPLOYCTL_CHECK(TouchNotice::install(directory.path()));
  DEPLOYCTL_TRY(std::unique_ptr<Caretaker> caretaker, Caretaker::start(directory.path(), environment));
  // NOLINTNEXTLINE(modernize-make-unique): an aggregate
  auto run = std::unique_ptr<RunContext>(new RunContext{.clock = clock,
                                                        .random = random,
                                                        .environment = std::move(environment),
                                                        .client = std::move(client),
                                                        .limits = limits,
                                                        .directory = std::move(directory),
                                                        .caretaker = std::move(caretaker)});
  return std::unique_ptr<Connections>(new Connections(std::move(run)));
}

Result<std::shared_ptr<RemoteShell>> Connections::shell(const Host& host, std::stop_token /*stop*/) {
  const Destination destination = destination_of(host);
  if (run_->client.multiplexing) return connection(destination);
  DEPLOYCTL_CHECK(check_destination(destination));
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<SingleShell>& known = single_shells_[destination.text()];
  if (!known) known = std::make_shared<SingleShell>(*run_, destination);
  return known;
}

Result<std::string> Connections::forward(const Host& host, const mux::Endpoint& target,
                                         const std::stop_token& stop) {
  const Destination destination = destination_of(host);
  DEPLOYCTL_CHECK(check_destination(destination));
  if (!run_->client.multiplexing) return forwards_.path_to(destination, target, nullptr, stop);
  DEPLOYCTL_TRY(const std::shared_ptr<Connection> way, connection(destination));
  return forwards_.path_to(destination, target, way.get(), stop);
}

Result<std::shared_ptr<Connection>> Connections::connection(const Destination& destination) {
  DEPLOYCTL_CHECK(check_destination(destination));
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Connection>& known = connections_[destination.text()];
  if (!known)
    known = std::make_shared<Connection>(
        *run_, destination, "host " + destination.text(),
        [this, destination](std::stop_token stop) { return routes_.way_to(destination, std::move(stop)); });
  return known;
}

} // namespace deployctl::ssh
