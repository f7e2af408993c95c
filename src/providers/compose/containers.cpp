#include "providers/compose/containers.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"

namespace deployctl::providers::compose {
namespace {

using State = Readiness::State;

int count_at(const Value& value, const char* key) {
  return static_cast<int>(number_at(value, key).value_or(0));
}

std::vector<Mount> mounts_of(const Value& answer) {
  std::vector<Mount> mounts;
  for (const Value& mount : list_at(answer, "mounts")) {
    const std::string kind = text_at(mount, "Type");
    mounts.push_back({.kind = kind,
                      .source = text_at(mount, kind == "volume" ? "Name" : "Source"),
                      .target = text_at(mount, "Destination")});
  }
  return mounts;
}

bool has_ended(const Container& container) {
  return container.status == "exited" || container.status == "dead";
}

std::vector<const Container*> of_service(const std::vector<Container>& containers,
                                         const std::string& service) {
  std::vector<const Container*> own;
  for (const Container& container : containers)
    if (container.service == service && !container.is_one_off) own.push_back(&container);
  return own;
}

int later_restarts(const Expected& expected, const Container& container) {
  const auto before = expected.restarts.find(container.id);
  return container.restarts - (before == expected.restarts.end() ? 0 : before->second);
}

Judgement ended_badly(const Container& container, int restarts) {
  Judgement judgement{.state = State::failed, .container = container.id, .cause = Cause::crash_loop};
  if (container.out_of_memory) {
    judgement.cause = Cause::out_of_memory;
    judgement.detail = fmt::format("'{}' was killed: it needed more memory than its limit", container.name);
    return judgement;
  }
  const std::string again =
      restarts > 0 ? fmt::format(", after {}", counted(static_cast<std::size_t>(restarts), "restart")) : "";
  judgement.detail =
      fmt::format("'{}' ended with exit status {}{}", container.name, container.exit_code, again);
  if (container.exit_code == 0 && again.empty())
    judgement.detail += "; a service that is to end belongs in 'once'";
  return judgement;
}

// One container of a service that goes on running.
Judgement judge_running(const Expected& expected, const Container& container) {
  const int restarts = later_restarts(expected, container);
  if (has_ended(container) || container.status == "restarting" || restarts > 0)
    return ended_badly(container, restarts);
  if (container.status != "running")
    return {.state = State::waiting, .detail = fmt::format("'{}' is {}", container.name, container.status)};
  if (container.health == "unhealthy")
    return {.state = State::failed,
            .detail = fmt::format("the engine finds '{}' unhealthy", container.name),
            .container = container.id};
  if (container.health == "starting")
    return {.state = State::waiting,
            .detail = fmt::format("the check of '{}' has not passed yet", container.name)};
  return {};
}

// One container of a service that is to end by itself.
Judgement judge_ending(const Container& container) {
  if (!has_ended(container))
    return {.state = State::waiting, .detail = fmt::format("'{}' has not ended yet", container.name)};
  if (container.exit_code == 0) return {};
  return ended_badly(container, 0);
}

bool is_of_image(const Container& container, const std::string& image,
                 const std::map<std::string, std::string>& image_ids) {
  const auto known = image_ids.find(image);
  return known == image_ids.end() || known->second.empty() || known->second == container.image_id;
}

std::string count_text(const std::string& service, std::size_t there, int wanted) {
  return fmt::format("'{}' has {} of {}", service, there,
                     counted(static_cast<std::size_t>(wanted), "container"));
}

Judgement judge_service(const std::string& name, const Expected& expected,
                        const std::vector<Container>& containers,
                        const std::map<std::string, std::string>& image_ids) {
  const Expected::Service& wanted = expected.services.at(name);
  const auto own = of_service(containers, name);
  Judgement waiting;
  for (const Container* container : own) {
    if (!is_of_image(*container, wanted.image, image_ids))
      return {.state = State::failed,
              .detail =
                  fmt::format("'{}' runs '{}', not '{}'", container->name, container->image, wanted.image),
              .container = container->id,
              .cause = Cause::conflict};
    Judgement one = wanted.ends ? judge_ending(*container) : judge_running(expected, *container);
    if (one.state == State::failed) return one;
    if (one.state == State::waiting) waiting = std::move(one);
  }
  if (own.size() < static_cast<std::size_t>(wanted.replicas))
    return {.state = State::waiting, .detail = count_text(name, own.size(), wanted.replicas)};
  return waiting;
}

} // namespace

std::optional<Container> read_container(std::string_view line) {
  const auto answer = parse_json(line, JsonMode::plain);
  if (!answer || text_at(*answer, "id").empty()) return std::nullopt;
  std::string name = text_at(*answer, "name");
  if (name.starts_with('/')) name.erase(0, 1);
  return Container{.id = text_at(*answer, "id"),
                   .name = std::move(name),
                   .service = text_at(*answer, "service"),
                   .image = text_at(*answer, "image"),
                   .image_id = text_at(*answer, "image_id"),
                   .hash = text_at(*answer, "hash"),
                   .folder = text_at(*answer, "folder"),
                   .is_one_off = equal_ignoring_case(text_at(*answer, "one_off"), "true"),
                   .status = text_at(*answer, "status"),
                   .exit_code = count_at(*answer, "exit_code"),
                   .out_of_memory = flag_at(*answer, "out_of_memory"),
                   .health = text_at(*answer, "health"),
                   .restarts = count_at(*answer, "restarts"),
                   .started_at = text_at(*answer, "started_at"),
                   .mounts = mounts_of(*answer)};
}

std::optional<Volume> read_volume(std::string_view line) {
  const auto answer = parse_json(line, JsonMode::plain);
  if (!answer || text_at(*answer, "name").empty()) return std::nullopt;
  return Volume{.key = text_at(*answer, "key"),
                .name = text_at(*answer, "name"),
                .driver = text_at(*answer, "driver"),
                .options = text_map_at(*answer, "options")};
}

Value expected_value(const Expected& expected) {
  Value::Map services, restarts;
  for (const auto& [name, service] : expected.services)
    services.emplace(
        name, Value::Map{{"image", service.image}, {"replicas", service.replicas}, {"ends", service.ends}});
  for (const auto& [id, count] : expected.restarts) restarts.emplace(id, count);
  return Value::Map{{"services", std::move(services)}, {"restarts", std::move(restarts)}};
}

Expected expected_from(const Value& value) {
  Expected expected;
  for (const std::string& name : keys_at(value, "services")) {
    const Value& service = *value.find("services")->find(name);
    expected.services.emplace(name, Expected::Service{.image = text_at(service, "image"),
                                                      .replicas = count_at(service, "replicas"),
                                                      .ends = flag_at(service, "ends")});
  }
  for (const std::string& id : keys_at(value, "restarts"))
    expected.restarts.emplace(id, count_at(*value.find("restarts"), id.c_str()));
  return expected;
}

Judgement judge(const Expected& expected, const std::vector<Container>& containers,
                const std::map<std::string, std::string>& image_ids) {
  Judgement waiting;
  for (const auto& [name, service] : expected.services) {
    Judgement judgement = judge_service(name, expected, containers, image_ids);
    if (judgement.state == State::failed) return judgement;
    if (judgement.state == State::waiting && waiting.state == State::ready) waiting = std::move(judgement);
  }
  return waiting;
}

std::map<std::string, std::string> deviations(Expected expected, const std::vector<Container>& containers,
                                              const std::map<std::string, std::string>& hashes) {
  // What was restarted since and runs is as it should be: nothing would take its count back.
  for (const Container& container : containers) expected.restarts[container.id] = container.restarts;
  std::map<std::string, std::string> found;
  for (const auto& [name, service] : expected.services) {
    const auto own = of_service(containers, name);
    // One that ended with 0 and was removed since has done its work.
    if (service.ends && own.empty()) continue;
    Judgement judgement = judge_service(name, expected, containers, {});
    if (judgement.state != State::ready)
      found.emplace(name, std::move(judgement.detail));
    else if (own.size() > static_cast<std::size_t>(service.replicas))
      found.emplace(name, count_text(name, own.size(), service.replicas));
    const auto noted = hashes.find(name);
    if (noted == hashes.end()) continue;
    for (const Container* container : own)
      if (!noted->second.empty() && container->hash != noted->second)
        found.emplace(name, fmt::format("'{}' was made of another definition", container->name));
  }
  return found;
}

std::map<std::string, std::string> hashes_of(const std::vector<Container>& containers) {
  std::map<std::string, std::string> hashes;
  for (const Container& container : containers)
    if (!container.is_one_off) hashes.emplace(container.service, container.hash);
  return hashes;
}

std::vector<std::string> orphans(const std::vector<Container>& containers, const ProjectModel& model) {
  std::vector<std::string> names;
  for (const Container& container : containers)
    if (!container.is_one_off && !model.services.contains(container.service)) names.push_back(container.name);
  std::ranges::sort(names);
  return names;
}

} // namespace deployctl::providers::compose
