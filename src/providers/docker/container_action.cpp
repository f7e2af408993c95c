#include "providers/docker/container_action.hpp"

#include "base/engine_settings.hpp"
#include "providers/declared_registries.hpp"
#include "providers/docker/engine_access.hpp"
#include "providers/docker/engines.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Call;

std::vector<Operation> operations_with(std::initializer_list<Call> own) {
  std::vector<Operation> all = deployctl::docker::operations(
      {Call::version, Call::inspect_image, Call::pull_image, Call::load_image, Call::list_containers,
       Call::inspect_container, Call::container_logs, Call::create_container, Call::start_container,
       Call::stop_container, Call::wait_container, Call::remove_container});
  for (Operation& row : deployctl::docker::operations(own)) all.push_back(std::move(row));
  all.push_back(credential_helper_operation());
  all.push_back(engine_access_operation());
  return all;
}

} // namespace

Provider container_action(const Surroundings& surroundings, std::initializer_list<Call> own) {
  Provider provider;
  Description& description = provider.description;
  description.operations = operations_with(own);
  description.strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once};
  description.on_hosts = true;
  description.permissions = {"use the socket of the container engine, which is as much as root",
                             "registry: pull `image`"};
  provider.instance_fields = engine_settings().fields();
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::docker
