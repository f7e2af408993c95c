// The stages of a service's change on one host. Each may be done twice: what is there already is adopted.
#pragma once

#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "providers/docker/engines.hpp"
#include "providers/docker/service_inputs.hpp"
#include "providers/docker/service_plan.hpp"
#include "providers/docker/service_routing.hpp"
#include "providers/docker/service_state.hpp"

namespace deployctl::providers::docker {

class ServiceWork {
public:
  // All of it outlives this.
  ServiceWork(WriteSession& session, const Engine& engine, const ServiceInputs& inputs, const Intent& intent)
      : session_(session), engine_(engine), inputs_(inputs), intent_(intent),
        move_(move_from(intent.change.basis)),
        routing_(inputs, session.connection, move_.service, session.ports, host_of_move(intent.change.basis),
                 session.stop) {}

  Status run(const std::string& stage);

private:
  Status pull();
  Status start();
  Status switch_requests();
  Status take_over();
  Status clean();
  Status wake();
  Status go_back();
  Status take_down();

  Status record(bool is_there);
  Status create();
  Status check_ours(const Container& container) const;
  Status retire_others(); // all of the service but `to`
  Status retire(const Container& container);
  Status leave_no_trace(const std::string& name);
  Result<ServiceState> state() const;

  WriteSession& session_;
  const Engine& engine_;
  const ServiceInputs& inputs_;
  const Intent& intent_;
  ServiceMove move_;
  ServiceRouting routing_;
};

} // namespace deployctl::providers::docker
