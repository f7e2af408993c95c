#include "providers/docker/service_readiness.hpp"

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/strings.hpp"
#include "net/url.hpp"
#include "providers/docker/last_words.hpp"
#include "providers/docker/service_plan.hpp"
#include "providers/docker/service_routing.hpp"
#include "providers/docker/service_state.hpp"

namespace deployctl::providers::docker {
namespace {

using State = Readiness::State;

constexpr std::size_t answer_limit = std::size_t{1} << 20;

Result<Engine> engine_for(ReadSession& session, const Change& change) {
  return engine_of(session.connection, session.ports, host_of_move(change.basis), session.stop);
}

bool is_down(const Container& container) {
  return container.has_ended() || container.status == "restarting";
}

bool has_crashed(const Container& container) {
  return is_down(container) || container.restarts > 0;
}

// One that is gone back to may have been restarted in its time.
bool is_hopeless(const Container& container, const std::string& stage) {
  return stage == stage_wake || stage == stage_back ? is_down(container) : has_crashed(container);
}

std::string crash_of(const Container& container) {
  if (ran_out_of_memory(container))
    return fmt::format("the container '{}' was killed: it needed more memory than its limit", container.name);
  const std::string again =
      container.restarts > 0
          ? fmt::format(", after {}", counted(static_cast<std::size_t>(container.restarts), "restart"))
          : "";
  return fmt::format("the container '{}' ended with exit status {}{}", container.name, container.exit_code,
                     again);
}

// A container that is not in a network of its own listens on the host's addresses.
std::string health_url(const ServiceInputs& inputs, const Container& container) {
  const std::string& http = inputs.health->http;
  if (http.starts_with('/')) return "http://" + target_of(inputs, container) + http;
  if (!http.starts_with(':')) return http;
  return "http://" + (container.address.empty() ? "127.0.0.1" : container.address) + http;
}

// What only the host itself can reach is asked from there: a port of the container or of the loopback.
Result<HttpRequest> health_request(ReadSession& session, const ServiceInputs& inputs, const Host& host,
                                   const Container& container) {
  const ServiceHealth& health = *inputs.health;
  HttpRequest request{.operation = "health",
                      .url = health_url(inputs, container),
                      .timeout = health.timeout,
                      .connect_timeout = health.timeout,
                      .response_limit = answer_limit};
  DEPLOYCTL_TRY(const net::Url url, net::parse_url(request.url));
  const bool is_url = health.http.find("://") != std::string::npos;
  if (is_url && !url.is_loopback()) return request;
  DEPLOYCTL_TRY(request.unix_socket,
                way_to_port(session.connection, host, url.host, url.effective_port(), session.stop));
  return request;
}

Readiness probed(ReadSession& session, const ServiceInputs& inputs, const Host& host,
                 const Container& container) {
  const auto request = health_request(session, inputs, host, container);
  if (!request)
    return {.state = request.error().cause == Cause::config ? State::failed : State::waiting,
            .detail = request.error().message};
  ProbeResult result = probe(session.ports.http, *request, *inputs.health, session.stop);
  const bool is_mistaken = result.error && result.error->cause == Cause::config;
  return {.state = result.good   ? State::ready
                   : is_mistaken ? State::failed
                                 : State::waiting,
          .detail = std::move(result.detail),
          .evidence = std::move(result.evidence)};
}

} // namespace

Readiness service_readiness(ReadSession& session, const ServiceInputs& inputs, const Change& change,
                            const Stage& stage) {
  const ServiceMove move = move_from(change.basis);
  const auto engine = engine_for(session, change);
  if (!engine) return {.state = State::waiting, .detail = engine.error().message};
  const auto found = engine->find_container(move.to, session.stop);
  if (!found) return {.state = State::waiting, .detail = found.error().message};
  if (!*found) return {.state = State::failed, .detail = fmt::format("the container '{}' is gone", move.to)};
  const Container& container = **found;
  if (is_hopeless(container, stage.name))
    return {.state = State::failed,
            .detail = crash_of(container),
            .evidence = last_words(*engine, container.id, session.stop)};
  if (stage.name != stage_start && stage.name != stage_wake) return {};
  if (container.health == "unhealthy")
    return {.state = State::failed,
            .detail = fmt::format("the engine finds '{}' unhealthy", container.name),
            .evidence = last_words(*engine, container.id, session.stop)};
  if (container.health == "starting")
    return {.state = State::waiting, .detail = "its own check has not passed yet"};
  if (!inputs.health || inputs.health->http.empty()) return {};
  return probed(session, inputs, host_of_move(change.basis), container);
}

Diagnosis diagnose_service(ReadSession& session, const Failure& failure) {
  Diagnosis as_it_was{.cause = failure.error.cause};
  if (failure.error.cause != Cause::probe_failing) return as_it_was;
  const auto engine = engine_for(session, failure.intent.change);
  if (!engine) return as_it_was;
  const auto found = engine->find_container(move_from(failure.intent.change.basis).to, session.stop);
  if (!found || !*found || !has_crashed(**found)) return as_it_was;
  return {.cause = ran_out_of_memory(**found) ? Cause::out_of_memory : Cause::crash_loop,
          .summary = crash_of(**found),
          .evidence = last_words(*engine, (*found)->id, session.stop)};
}

} // namespace deployctl::providers::docker
