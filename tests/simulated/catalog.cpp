#include "simulated/catalog.hpp"

#include "simulated/shapes.hpp"

namespace deployctl::simulated {
namespace {

std::vector<Stage> one_stage(const Value&, const Strategy&) {
  return {{.name = "apply"}};
}

std::vector<Stage> host_stages(const Value&, const Strategy&) {
  return {
      {.name = "upload", .kind = StageKind::prepare, .on_cancel = OnCancel::kill},
      {.name = "switch",
       .ready = ReadyRule{.within = Milliseconds(30'000), .interval = Milliseconds(1'000), .consecutive = 2}},
      {.name = "clean-up", .kind = StageKind::finish, .on_cancel = OnCancel::leave}};
}

std::vector<Stage> weight_stages(const Value&, const Strategy& strategy) {
  if (strategy.kind == StrategyKind::blue_green)
    return {{.name = "create", .kind = StageKind::prepare},
            {.name = "switch", .kind = StageKind::shift, .weight = 100, .gate_after = true},
            {.name = "remove-old", .kind = StageKind::finish, .on_cancel = OnCancel::leave}};
  std::vector<int> weights = strategy.weights;
  if (weights.empty()) weights = {100};
  std::vector<Stage> stages = {{.name = "create", .kind = StageKind::prepare}};
  for (const int weight : weights)
    stages.push_back({.name = "shift-" + std::to_string(weight),
                      .kind = StageKind::shift,
                      .weight = weight,
                      .gate_after = weight < 100});
  return stages;
}

// One pause for each weight below the whole, or as many as the inputs say.
std::vector<Stage> hook_stages(const Value& wanted, const Strategy& strategy) {
  const Value* hooks = wanted.find("hooks");
  const auto* written = hooks ? hooks->get<std::int64_t>() : nullptr;
  const auto weights = static_cast<std::int64_t>(strategy.weights.size());
  const std::int64_t count = weights > 0 ? weights - 1 : written ? *written : 1;
  std::vector<Stage> stages;
  for (std::int64_t i = 1; i <= count; ++i)
    stages.push_back({.name = "hook-" + std::to_string(i), .gate_after = true, .on_cancel = OnCancel::leave});
  stages.push_back({.name = "complete"});
  return stages;
}

std::vector<Stage> long_stage(const Value&, const Strategy&) {
  return {{.name = "run", .on_cancel = OnCancel::kill, .timeout = Milliseconds(3'600'000)}};
}

std::vector<ResourceShape> resource_shapes() {
  using enum StrategyKind;
  return {
      {.name = "sim.single", .summary = "One simulated thing, changed in one stage.", .stages = one_stage},
      {.name = "sim.hosts",
       .summary = "One simulated thing on every host.",
       .strategies = {rolling, canary, all_at_once},
       .on_hosts = true,
       .stages = host_stages},
      {.name = "sim.weighted",
       .summary = "A simulated thing that takes over by weights.",
       .strategies = {canary, blue_green, all_at_once},
       .stages = weight_stages},
      {.name = "sim.native",
       .summary = "A simulated rollout that its target pauses.",
       .strategies = {canary, all_at_once},
       .more_fields = {{.name = "hooks",
                        .type = FieldType::integer,
                        .help = "How many pauses there are.",
                        .example = "2",
                        .fallback = 2,
                        .managed = false,
                        .least = 1,
                        .most = 9}},
       .stages = hook_stages},
      {.name = "sim.subprocess",
       .summary = "A simulated tool that runs for long and names its operation.",
       .remote_id = true,
       .crash_class = CrashClass::marked,
       .stages = long_stage},
  };
}

} // namespace

Catalog make_catalog(std::shared_ptr<World> world) {
  Catalog catalog;
  for (ResourceShape& shape : resource_shapes()) catalog.push_back(make_resource(world, std::move(shape)));
  for (const auto make : {make_opaque, make_artifact, make_data, make_gate, make_notice})
    catalog.push_back(make(world));
  for (Provider& provider : catalog) {
    provider.instance_fields = {
        {.name = "token",
         .help = "Token of the simulated service.",
         .example = "${secrets.token}",
         .secret = SecretUse::value},
        {.name = "region", .help = "Region of the simulated service.", .example = "east"}};
    provider.connect = [world](const InstanceSettings&, Ports,
                               std::stop_token) -> Result<std::unique_ptr<Connection>> {
      world->connected();
      return std::make_unique<Connection>();
    };
  }
  return catalog;
}

} // namespace deployctl::simulated
