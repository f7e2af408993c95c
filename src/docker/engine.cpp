#include "docker/engine.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "docker/fault.hpp"
#include "docker/pull_progress.hpp"

namespace deployctl::docker {
namespace {

constexpr Milliseconds longest_change{120'000};     // a create or start on a busy disk
constexpr Milliseconds longest_look{60'000};        // the engine asks a registry in its turn
constexpr Milliseconds longest_pull{6 * 3'600'000}; // what stands still ends earlier
constexpr Milliseconds after_grace{60'000};

Result<HttpResponse> send_to(Http& http, const Endpoint& endpoint, const HttpRequest& request,
                             std::initializer_list<int> wanted, const std::stop_token& stop) {
  auto response = http.send(request, stop);
  if (!response)
    return fail(
        unreachable(endpoint.place.empty() ? endpoint.socket : endpoint.place, std::move(response).error()));
  if (std::ranges::find(wanted, response->status) != wanted.end()) return response;
  return fail(error_of(request, *response));
}

Result<Value> json_of(const HttpResponse& response) {
  return parse_json(response.body, JsonMode::plain).map_error([](Error error) {
    error.cause = Cause::network;
    return std::move(error).in("while reading the engine's answer");
  });
}

void add_login(HttpRequest& request, const Text& login) {
  if (login.secret() || !login.plain()->empty()) request.headers.emplace_back("X-Registry-Auth", login);
}

Status add_body(HttpRequest& request, const Value& body) {
  DEPLOYCTL_TRY(request.body, json_body(body));
  request.headers.emplace_back("Content-Type", "application/json");
  return {};
}

Value map_of(const Labels& labels) {
  Value::Map map;
  for (const auto& [name, text] : labels) map.emplace(name, text);
  return map;
}

template <class T>
Result<std::optional<T>> read_found(Result<std::optional<Value>> answer, Result<T> (*read)(const Value&)) {
  DEPLOYCTL_TRY(const std::optional<Value> found, std::move(answer));
  if (!found) return std::optional<T>();
  DEPLOYCTL_TRY(T value, read(*found));
  return std::optional<T>(std::move(value));
}

} // namespace

Result<Endpoint> Engine::meet(Http& http, const std::string& socket, const std::stop_token& stop,
                              const std::string& place) {
  Endpoint endpoint{.socket = socket, .version = {}, .place = place};
  DEPLOYCTL_TRY(const HttpResponse response,
                send_to(http, endpoint, make_request(endpoint, Call::version), {200}, stop));
  DEPLOYCTL_TRY(const Value answer, json_of(response));
  const ServerVersion server = read_version(answer);
  DEPLOYCTL_TRY(endpoint.version, common_version(server));
  endpoint.engine = server.version;
  endpoint.platform = server.platform;
  return endpoint;
}

HttpRequest Engine::request(Call call, std::string_view subject, const Query& query) const {
  return make_request(endpoint_, call, subject, query);
}

Result<HttpResponse> Engine::send(const HttpRequest& request, std::initializer_list<int> wanted,
                                  const std::stop_token& stop) const {
  return send_to(http_, endpoint_, request, wanted, stop);
}

Result<Value> Engine::ask(const HttpRequest& request, std::initializer_list<int> wanted,
                          const std::stop_token& stop) const {
  DEPLOYCTL_TRY(const HttpResponse response, send(request, wanted, stop));
  return json_of(response);
}

Result<std::optional<Value>> Engine::look(Call call, const std::string& subject,
                                          const std::stop_token& stop) const {
  DEPLOYCTL_TRY(const HttpResponse response, send(request(call, subject), {200, 404}, stop));
  if (response.status == 404) return std::optional<Value>();
  DEPLOYCTL_TRY(Value answer, json_of(response));
  return std::optional<Value>(std::move(answer));
}

Status Engine::tell(const HttpRequest& request, std::initializer_list<int> wanted,
                    const std::stop_token& stop) const {
  DEPLOYCTL_TRY(const HttpResponse response, send(request, wanted, stop));
  (void)response;
  return {};
}

Result<Value> Engine::info(const std::stop_token& stop) const {
  return ask(request(Call::info), {200}, stop);
}

Result<std::optional<Image>> Engine::find_image(const std::string& name, const std::stop_token& stop) const {
  return read_found(look(Call::inspect_image, name, stop), read_image);
}

Result<std::vector<std::string>> Engine::find_platforms(const std::string& reference, const Text& login,
                                                        const std::stop_token& stop) const {
  HttpRequest asked = request(Call::inspect_distribution, reference);
  add_login(asked, login);
  asked.timeout = longest_look;
  DEPLOYCTL_TRY(const Value answer, ask(asked, {200}, stop));
  return read_platforms(answer);
}

Status Engine::pull(const std::string& reference, const Text& login, LineSink* output,
                    const std::stop_token& stop) const {
  PullProgress progress(output);
  HttpRequest asked = request(Call::pull_image, {}, {{"fromImage", reference}});
  add_login(asked, login);
  asked.timeout = longest_pull;
  asked.sink = &progress;
  DEPLOYCTL_CHECK(tell(asked, {200}, stop));
  return progress.finish();
}

Status Engine::load(BodySource& archive, const std::stop_token& stop) const {
  PullProgress progress(nullptr); // its end may be an error as a pull's may
  HttpRequest asked = request(Call::load_image, {}, {{"quiet", "1"}});
  asked.headers.emplace_back("Content-Type", "application/x-tar");
  asked.timeout = longest_pull;
  asked.source = &archive;
  asked.sink = &progress;
  DEPLOYCTL_CHECK(tell(asked, {200}, stop));
  return progress.finish();
}

Result<std::optional<Container>> Engine::find_container(const std::string& name,
                                                        const std::stop_token& stop) const {
  return read_found(look(Call::inspect_container, name, stop), read_container);
}

Result<std::vector<ContainerLine>> Engine::list_containers(const Labels& labels,
                                                           const std::stop_token& stop) const {
  Value::List wanted;
  for (const auto& [name, text] : labels) wanted.emplace_back(fmt::format("{}={}", name, text));
  const Value filters = Value::Map{{"label", std::move(wanted)}};
  DEPLOYCTL_TRY(
      const Value answer,
      ask(request(Call::list_containers, {}, {{"all", "1"}, {"filters", to_json(filters, JsonMode::plain)}}),
          {200}, stop));
  DEPLOYCTL_TRY(std::vector<ContainerLine> lines, read_containers(answer));
  std::ranges::stable_sort(lines, std::ranges::greater(), &ContainerLine::created);
  return lines;
}

Result<std::string> Engine::create_container(const std::string& name, const Value& body,
                                             const std::stop_token& stop) const {
  HttpRequest asked = request(Call::create_container, {}, {{"name", name}});
  asked.timeout = longest_change;
  DEPLOYCTL_CHECK(add_body(asked, body));
  DEPLOYCTL_TRY(const Value answer, ask(asked, {201}, stop));
  return read_id(answer);
}

Status Engine::start(const std::string& container, const std::stop_token& stop) const {
  HttpRequest asked = request(Call::start_container, container);
  asked.timeout = longest_change;
  return tell(asked, {204, 304}, stop);
}

Status Engine::stop(const std::string& container, Milliseconds grace, const std::stop_token& stop) const {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(grace).count();
  HttpRequest asked = request(Call::stop_container, container, {{"t", std::to_string(seconds)}});
  asked.timeout = grace + after_grace;
  return tell(asked, {204, 304}, stop);
}

Status Engine::kill(const std::string& container, const std::string& signal,
                    const std::stop_token& stop) const {
  return tell(request(Call::kill_container, container, {{"signal", signal}}), {204}, stop);
}

Result<int> Engine::wait(const std::string& container, Milliseconds timeout,
                         const std::stop_token& stop) const {
  HttpRequest asked = request(Call::wait_container, container);
  asked.timeout = timeout;
  DEPLOYCTL_TRY(const Value answer, ask(asked, {200}, stop));
  const auto code = number_at(answer, "StatusCode");
  if (!code) return fail(Cause::network, "the engine did not say how the container ended");
  return static_cast<int>(*code);
}

Status Engine::rename(const std::string& container, const std::string& name,
                      const std::stop_token& stop) const {
  return tell(request(Call::rename_container, container, {{"name", name}}), {204}, stop);
}

Status Engine::update(const std::string& container, const std::string& restart_policy,
                      std::optional<std::int64_t> memory, const std::stop_token& stop) const {
  Value settings = Value::Map{{"RestartPolicy", Value::Map{{"Name", restart_policy}}}};
  if (memory) settings["Memory"] = settings["MemorySwap"] = *memory; // no swap beside it
  HttpRequest asked = request(Call::update_container, container);
  DEPLOYCTL_CHECK(add_body(asked, settings));
  return tell(asked, {200}, stop);
}

Status Engine::remove(const std::string& container, const std::stop_token& stop) const {
  return tell(request(Call::remove_container, container), {204, 404}, stop);
}

Status Engine::read_logs(const std::string& container, const LogRequest& wanted, LogLines& lines,
                         const std::stop_token& stop) const {
  Query query = {{"stdout", "1"}, {"stderr", "1"}, {"timestamps", "1"}};
  if (wanted.follow) query.emplace_back("follow", "1");
  if (!wanted.since.empty()) query.emplace_back("since", wanted.since);
  if (!wanted.tail.empty()) query.emplace_back("tail", wanted.tail);
  HttpRequest asked = request(Call::container_logs, container, query);
  asked.timeout = wanted.timeout;
  asked.sink = &lines;
  DEPLOYCTL_CHECK(tell(asked, {200}, stop));
  lines.end();
  return {};
}

Result<std::optional<Network>> Engine::find_network(const std::string& name,
                                                    const std::stop_token& stop) const {
  return read_found(look(Call::inspect_network, name, stop), read_network);
}

Result<std::string> Engine::create_network(const std::string& name, const Labels& labels,
                                           const std::stop_token& stop) const {
  HttpRequest asked = request(Call::create_network);
  DEPLOYCTL_CHECK(
      add_body(asked, Value::Map{{"Name", name}, {"CheckDuplicate", true}, {"Labels", map_of(labels)}}));
  DEPLOYCTL_TRY(const Value answer, ask(asked, {201}, stop));
  return read_id(answer);
}

Result<std::optional<Volume>> Engine::find_volume(const std::string& name,
                                                  const std::stop_token& stop) const {
  return read_found(look(Call::inspect_volume, name, stop), read_volume);
}

Result<Volume> Engine::create_volume(const std::string& name, const Labels& labels,
                                     const std::stop_token& stop) const {
  HttpRequest asked = request(Call::create_volume);
  DEPLOYCTL_CHECK(add_body(asked, Value::Map{{"Name", name}, {"Labels", map_of(labels)}}));
  DEPLOYCTL_TRY(const Value answer, ask(asked, {201}, stop));
  return read_volume(answer);
}

} // namespace deployctl::docker
