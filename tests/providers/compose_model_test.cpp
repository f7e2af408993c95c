#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "providers/compose/guards.hpp"
#include "providers/compose/model.hpp"

using namespace deployctl;
using namespace deployctl::providers::compose;

namespace {

constexpr const char* place = "/tmp/deployctl-compose.abc/project";
constexpr const char* digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123";

// The same project as `config` of either version renders it.
const std::string second_generation = R"({
  "name": "shop",
  "services": {
    "api": {
      "image": "registry.example.com/api@sha256:0123",
      "environment": {"LOG_LEVEL": "info", "DATABASE": "postgres://db"},
      "healthcheck": {"test": ["CMD", "true"]},
      "deploy": {"replicas": 2},
      "ports": [{"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}],
      "volumes": [
        {"type": "volume", "source": "data", "target": "/data", "volume": {}},
        {"type": "bind", "source": "/tmp/deployctl-compose.abc/project/nginx.conf", "target": "/etc/nginx.conf"}
      ]
    }
  },
  "volumes": {"data": {"name": "shop_data", "driver_opts": {"type": "nfs"}}}
})";
const std::string first_generation = R"(services:
  api:
    image: registry.example.com/api@sha256:0123
    environment:
      LOG_LEVEL: info
      DATABASE: postgres://db
    healthcheck:
      test: ["CMD", "true"]
    scale: 2
    ports:
    - 8080:80/tcp
    volumes:
    - data:/data:rw
    - /tmp/deployctl-compose.abc/project/nginx.conf:/etc/nginx.conf:ro
version: '3.8'
volumes:
  data:
    driver_opts:
      type: nfs
)";

ProjectModel model_of(const std::string& text, std::vector<std::string> profiles = {}) {
  return read_model(text, {.project = "shop", .place = place, .profiles = std::move(profiles)}).value();
}

// A project of one service, pinned.
struct World {
  ProjectInputs inputs{.name = "shop", .path = "/srv/shop"};
  ProjectModel model;
  Standing now;

  World() {
    inputs.source = Value::Map{{"entries", Value::Map{{"nginx.conf", Value::Map{{"sha256", "1"}}},
                                                      {"conf/a", Value::Map{{"sha256", "2"}}}}}};
    model.services["api"].image = std::string("api@") + digest;
  }
  [[nodiscard]] Status guard() const { return check_guards(inputs, model, now); }
  [[nodiscard]] std::string refusal() const {
    const Status guarded = guard();
    return guarded ? "" : guarded.error().message;
  }
  std::vector<Mount>& mounts() { return model.services["api"].mounts; }
  Container& container() {
    now.containers.push_back({.id = "1", .name = "shop_api_1", .service = "api"});
    return now.containers.back();
  }
};

} // namespace

TEST_CASE("compose model: what both versions of Compose render is the same project") {
  for (const std::string& text : {second_generation, first_generation}) {
    const ProjectModel model = model_of(text);
    const ServiceModel& api = model.services.at("api");
    CHECK(api.image == "registry.example.com/api@sha256:0123");
    CHECK(api.environment == std::vector<std::string>{"DATABASE", "LOG_LEVEL"});
    CHECK(api.ports == std::vector<std::string>{"8080:80/tcp"});
    CHECK(api.replicas == 2);
    CHECK(api.is_checked);
    CHECK(api.mounts ==
          std::vector<Mount>{{.kind = "volume", .source = "data", .target = "/data"},
                             {.kind = "bind", .source = "./nginx.conf", .target = "/etc/nginx.conf"}});
    CHECK(model.volumes.at("data") ==
          VolumeModel{.name = "shop_data", .driver = "local", .options = {{"type", "nfs"}}});
    CHECK(model_from(model_value(model)) == model);
    CHECK(to_json(model_value(model)).find("postgres://db") == std::string::npos);
  }
}

TEST_CASE("compose model: a definition changes with anything but the image and the place") {
  const auto definition = [](const std::string& text, const char* where = place) {
    return read_model(text, {.project = "shop", .place = where})->services.at("api").definition;
  };
  const std::string before = definition(second_generation);
  std::string other = second_generation;
  other.replace(other.find("info"), 4, "warn");
  CHECK(definition(other) != before);
  std::string image = second_generation;
  image.replace(image.find("0123"), 4, "4567");
  CHECK(definition(image) == before);
  std::string moved = second_generation;
  moved.replace(moved.find("compose.abc"), 11, "compose.xyz");
  CHECK(definition(moved, "/tmp/deployctl-compose.xyz/project") == before);
}

TEST_CASE("compose model: services of profiles nobody asked for are none") {
  const std::string text = "services:\n  api: { image: a }\n  debug: { image: b, profiles: [debug] }\n";
  CHECK(model_of(text).services.size() == 1);
  CHECK(model_of(text, {"debug"}).services.size() == 2);
}

TEST_CASE("compose model: what is no project is told") {
  for (const char* text : {"", "[]", "services: {}", "services: 3", "{\"services\":", "a: [b"})
    CHECK_FALSE(read_model(text, {.project = "shop", .place = place}));
}

TEST_CASE("compose guards: an image needs a digest, a waiver, or a step that is still to make it") {
  World world;
  CHECK(world.guard());
  world.model.services["api"].image = "redis:7";
  CHECK(world.refusal() == "the image 'redis:7' of service 'api' names no digest");
  world.inputs.unpinned = {"api"};
  CHECK(world.guard());
  world.inputs.unpinned.clear();
  world.inputs.images.emplace();
  CHECK(world.guard());
  CHECK_FALSE(check_pinned(world.inputs, {{"api", "redis:7"}}, Moment::work));
  world.inputs.images->emplace("web", "x");
  CHECK(world.refusal() == "the project has no service 'web'");
}

TEST_CASE("compose guards: a volume whose definition changed is an error with a way out") {
  World world;
  world.model.volumes["data"] = {.name = "shop_data"};
  world.now.volumes = {{.key = "data", .name = "shop_data", .driver = "local"}};
  CHECK(world.guard());
  world.model.volumes["data"].options = {{"type", "nfs"}};
  const Status refused = world.guard();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::conflict);
  CHECK(refused.error().help.find("another name") != std::string::npos);
  world.model.volumes["data"].is_external = true;
  CHECK(world.guard());
}

TEST_CASE("compose guards: what lies in the release's folder must come with it") {
  World world;
  world.mounts() = {{.kind = "bind", .source = "./nginx.conf", .target = "/etc/nginx.conf"},
                    {.kind = "bind", .source = "./conf", .target = "/conf"},
                    {.kind = "bind", .source = "/srv/data", .target = "/data"}};
  CHECK(world.guard());
  world.mounts().push_back({.kind = "bind", .source = "./data", .target = "/data"});
  CHECK(world.refusal() == "service 'api' mounts './data', which the source does not have");
  world.mounts().back().source = "../data";
  CHECK_FALSE(world.guard());
}

TEST_CASE("compose guards: persistent paths are on volumes, in the file and in what runs") {
  World world;
  world.inputs.persistent = {{"api", {"/data/db"}}};
  CHECK(world.refusal() == "'/data/db' of service 'api' is not on a volume: it is lost with the container");
  world.model.volumes["data"] = {.name = "shop_data"};
  world.mounts() = {{.kind = "volume", .source = "data", .target = "/data"}};
  CHECK(world.guard());
  Container& running = world.container();
  CHECK(world.refusal() ==
        "'shop_api_1' keeps '/data/db' in the container itself: replacing it loses what is there");
  running.mounts = {{.kind = "volume", .source = "0ab1", .target = "/data"}};
  CHECK(world.refusal() ==
        "'shop_api_1' keeps '/data/db' on the volume '0ab1', the file says the volume 'shop_data'");
  running.mounts.front().source = "shop_data";
  CHECK(world.guard());
  world.mounts().front().source.clear(); // an anonymous volume
  CHECK_FALSE(world.guard());
}

TEST_CASE("compose guards: another folder's project of the same name is left alone") {
  World world;
  Container& container = world.container();
  container.folder = "/srv/shop/releases/1";
  CHECK(world.guard());
  container.folder = "/home/ann/shop";
  CHECK(world.refusal() == "'shop_api_1' belongs to the project 'shop' in '/home/ann/shop'");
  world.now.root = "/home/ann/shop"; // our folder is a link to it
  container.folder = "/home/ann/shop/releases/1";
  CHECK(world.guard());
}
