#include "conformance/subjects.hpp"

#include "net/loopback_server.hpp"
#include "providers/builtin.hpp"
#include "simulated/catalog.hpp"

namespace deployctl::conformance {
namespace {

using tests::Workbench;

const Value sentinel = Secret::reference("sentinel", "v1");

Value::List argv(std::initializer_list<const char*> words) {
  return Value::List(words.begin(), words.end());
}

template <class Maker>
std::function<std::unique_ptr<Workbench>()> builtin(const std::string& action, Maker prepare) {
  return [action, prepare] {
    auto bench = std::make_unique<Workbench>(*find_provider(providers::builtin_catalog(), action));
    prepare(*bench);
    return bench;
  };
}

std::function<std::unique_ptr<Workbench>()> builtin(const std::string& action) {
  return builtin(action, [](Workbench&) {});
}

// A simulated shape; its world lives as long as the shape's verbs.
std::function<std::unique_ptr<Workbench>()> simulated_bench(const std::string& action,
                                                            const simulated::Rule& rule = {.step = "none"}) {
  return [action, rule] {
    auto world = std::make_shared<simulated::World>();
    world->add(rule);
    world->set_data("web", "a value");
    auto bench = std::make_unique<Workbench>(*find_provider(simulated::make_catalog(world), action));
    bench->strategy.weights = {5, 25, 100};
    return bench;
  };
}

Subject command_subject(const std::string& action) {
  return {.action = action,
          .bench = builtin(action),
          .first =
              [](Workbench&) {
                return Value::Map{{"command", argv({"echo", "[1]"})}, {"effect", "repeatable"}};
              },
          .second =
              [](Workbench&) {
                return Value::Map{{"script", "echo two"}};
              },
          .with_secret =
              [](Workbench&) {
                return Value::Map{{"script", "echo \"$A\"; echo \"$A $(cat)\" >&2; exit 3"},
                                  {"env", Value::Map{{"A", sentinel}}},
                                  {"stdin", sentinel}};
              },
          .fails = true,
          .slow =
              [](Workbench&) {
                return Value::Map{{"command", argv({"sleep", "600"})}, {"effect", "none"}};
              }};
}

Subject release_subject() {
  const auto inputs = [](Workbench& bench, const char* page) {
    bench.write("dist/index.html", page);
    return Value::Map{{"path", bench.path("srv/web")},
                      {"source", bench.tree("dist")},
                      {"shared", Value::Map{{"data", "data/"}}}};
  };
  return {.action = "host.release",
          .bench =
              builtin("host.release", [](Workbench& bench) { bench.write("dist/bin/app", "app", 0755); }),
          .first = [inputs](Workbench& bench) { return inputs(bench, "one"); },
          .second = [inputs](Workbench& bench) { return inputs(bench, "two"); },
          .with_secret =
              [inputs](Workbench& bench) {
                Value::Map map = inputs(bench, "one");
                map["env"] = Value::Map{{"A", sentinel}};
                map["preflight"] = argv({"sh", "-c", "echo \"bad $A\" >&2; exit 3"});
                return map;
              },
          .fails = true,
          .slow =
              [inputs](Workbench& bench) {
                Value::Map map = inputs(bench, "one");
                map["preflight"] = argv({"sleep", "600"});
                return map;
              }};
}

Subject file_subject() {
  const auto path = [](Workbench& bench) { return bench.path("etc/app.conf"); };
  return {
      .action = "file.put",
      .bench = builtin("file.put"),
      .first =
          [path](Workbench& bench) {
            return Value::Map{{"path", path(bench)}, {"content", "one\n"}};
          },
      .second =
          [path](Workbench& bench) {
            bench.write("app.conf", "two\n");
            return Value::Map{{"path", path(bench)}, {"source", bench.file("app.conf")}, {"mode", "0600"}};
          },
      .with_secret =
          [path](Workbench& bench) {
            return Value::Map{{"path", path(bench)}, {"content", sentinel}, {"mode", "0600"}};
          }};
}

Subject http_subject() {
  // The server stops with the last bench that asks it.
  const auto server = std::make_shared<tests::LoopbackServer>([](const tests::Received& received) {
    return tests::Reply{.status = received.headers.contains("x-token") ? 401 : 200, .body = "ok"};
  });
  const auto url = [server](Workbench&) { return Value::Map{{"url", server->url()}}; };
  return {.action = "http.check",
          .bench = builtin("http.check"),
          .first = url,
          .second = url,
          .with_secret = [server](Workbench&) {
            return Value::Map{{"url", server->url()},
                              {"headers", Value::Map{{"X-Token", tests::resolved_secret("sentinel")}}}};
          }};
}

Subject simulated_subject(const std::string& action) {
  const auto inputs = [](const char* value) {
    return [value](Workbench&) {
      return Value::Map{{"name", "web"}, {"command", "migrate"}, {"source", value}, {"value", value}};
    };
  };
  return {.action = action,
          .bench = simulated_bench(action),
          .first = inputs("1"),
          .second = inputs("2"),
          .with_secret = [inputs](Workbench& bench) {
            Value::Map map = inputs("1")(bench);
            map["secret"] = sentinel;
            return map;
          }};
}

} // namespace

std::vector<Subject> subjects() {
  std::vector<Subject> all = {command_subject("exec.run"), http_subject(), command_subject("host.run"),
                              file_subject(), release_subject()};
  for (Subject& subject : image_subjects()) all.push_back(std::move(subject));
  for (Subject& subject : container_subjects()) all.push_back(std::move(subject));
  for (Subject& subject : notice_subjects()) all.push_back(std::move(subject));
  for (const Provider& provider : simulated::make_catalog(std::make_shared<simulated::World>()))
    all.push_back(simulated_subject(provider.description.name));
  return all;
}

std::vector<Subject> subjects_of(Kind kind) {
  std::vector<Subject> chosen;
  for (Subject& subject : subjects())
    if (subject.bench()->provider.description.kind == kind) chosen.push_back(std::move(subject));
  return chosen;
}

} // namespace deployctl::conformance
