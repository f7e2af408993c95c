#include "policy/lint/compose_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "policy/lint/production_rules.hpp"
#include "policy/lint/published_ports.hpp"
#include "yaml/document.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Where images of data bases keep what they know, and the ports that are theirs.
struct Store {
  std::string_view image; // the last part of its name
  std::string_view data;
};
constexpr std::array stores = {
    Store{"postgres", "/var/lib/postgresql"},
    Store{"postgis", "/var/lib/postgresql"},
    Store{"timescaledb", "/var/lib/postgresql"},
    Store{"mysql", "/var/lib/mysql"},
    Store{"mariadb", "/var/lib/mysql"},
    Store{"percona", "/var/lib/mysql"},
    Store{"mongo", "/data/db"},
    Store{"elasticsearch", "/usr/share/elasticsearch/data"},
    Store{"opensearch", "/usr/share/opensearch/data"},
    Store{"influxdb", "/var/lib/influxdb"},
    Store{"clickhouse-server", "/var/lib/clickhouse"},
    Store{"cassandra", "/var/lib/cassandra"},
    Store{"couchdb", "/opt/couchdb/data"},
    Store{"neo4j", "/data"},
    Store{"minio", "/data"},
    Store{"qdrant", "/qdrant/storage"},
    Store{"gitea", "/data"},
    Store{"vaultwarden", "/data"},
};

Findings::Place place_of(const yaml::Node& node) {
  return {node.span.begin, std::max(node.span.begin + 1, node.span.end)};
}

std::string text_of(const yaml::Node* node) {
  return node && node->is_scalar() ? node->text : std::string();
}

// This publisher's images keep what they know elsewhere.
std::string_view data_of(std::string_view image, const Store& store) {
  return image.find("bitnami") == npos ? store.data : "/bitnami";
}

// "postgres" of "registry.example.com:5000/library/postgres:16@sha256:…".
std::string_view name_of_image(std::string_view image) {
  image = image.substr(0, image.find('@'));
  image = image.substr(image.rfind('/') + 1); // npos + 1 is the begin
  return image.substr(0, image.find(':'));
}

// The paths inside the container that are on a volume.
std::vector<std::string> mounted(const yaml::Node& service) {
  std::vector<std::string> out;
  const yaml::Node* volumes = service.find("volumes");
  if (!volumes) return out;
  for (const yaml::Node& each : volumes->items) {
    if (each.is_map()) {
      if (text_of(each.find("type")) != "tmpfs") out.push_back(text_of(each.find("target")));
      continue;
    }
    const auto parts = split(each.text, ':');
    if (parts.size() >= 2) out.emplace_back(parts[1]); // "/path" alone is a new volume for each container
  }
  return out;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path == folder || (path.size() > folder.size() && path.substr(0, folder.size()) == folder &&
                            (path[folder.size()] == '/' || folder == "/"));
}

class ServiceCheck {
public:
  ServiceCheck(const yaml::Entry& service, bool production, Findings& findings)
      : name_(service.key), key_{service.key_span.begin, service.key_span.end}, service_(service.value),
        production_(production), findings_(findings) {}

  void run() {
    image();
    data();
    health();
    ports();
    if (production_) variables();
  }

private:
  void image() {
    const yaml::Node* image = service_.find("image");
    if (!production_ || !image || !image->is_scalar() || service_.find("build") ||
        image->text.find('$') != npos || image->text.find("@sha256:") != npos)
      return;
    findings_.add(
        code::image_without_digest, place_of(*image),
        fmt::format("service '{}' runs '{}', which may be another image tomorrow", name_, image->text),
        "write its digest behind it: name:tag@sha256:…");
  }

  void data() {
    const yaml::Node* image = service_.find("image");
    if (!image || service_.find("extends")) return;
    const std::string_view name = name_of_image(image->text);
    const auto store =
        std::find_if(stores.begin(), stores.end(), [&](const Store& each) { return each.image == name; });
    if (store == stores.end() || stops_at_once()) return;
    const std::string_view data = data_of(image->text, *store);
    for (const std::string& path : mounted(service_))
      if (path.find('$') != npos || is_below(path, data) || is_below(data, path)) return;
    if (mounts_tmpfs(data)) return;
    findings_.add(code::data_not_on_volume, place_of(*image),
                  fmt::format("service '{}' keeps its data in '{}', which is on no volume", name_, data),
                  fmt::format("add a named volume: [\"{}-data:{}\"]", name_, data));
  }

  // Somebody says that the data may go.
  bool mounts_tmpfs(std::string_view data) {
    const yaml::Node* tmpfs = service_.find("tmpfs");
    if (!tmpfs) return false;
    if (tmpfs->is_scalar()) return is_below(tmpfs->text.substr(0, tmpfs->text.find(':')), data);
    return std::any_of(tmpfs->items.begin(), tmpfs->items.end(), [&](const yaml::Node& each) {
      return is_below(each.text.substr(0, each.text.find(':')), data);
    });
  }

  // A client or a tool in the image of a data base.
  bool stops_at_once() {
    return service_.find("command") != nullptr && text_of(service_.find("restart")) == "no";
  }

  void health() {
    if (!production_ || service_.find("healthcheck") || service_.find("extends")) return;
    findings_.add(code::no_health_check, key_,
                  fmt::format("nobody can tell whether service '{}' is well", name_),
                  "add a 'healthcheck', so that a broken release is seen before it is live everywhere");
  }

  void ports() {
    const yaml::Node* ports = service_.find("ports");
    if (!ports) return;
    for (const yaml::Node& each : ports->items) {
      const PublishedPort port =
          each.is_map() ? PublishedPort{text_of(each.find("target")), text_of(each.find("host_ip"))}
                        : PublishedPort::parse(each.text);
      if (!port.opens_a_store()) continue;
      findings_.add(
          code::exposed_port, place_of(each),
          fmt::format("service '{}' opens port {} to every network of the host", name_, port.inner),
          fmt::format("other services reach it without 'ports'; for this machine write 127.0.0.1:{}:{}",
                      port.inner, port.inner));
    }
  }

  void variables() {
    const yaml::Node* variables = service_.find("environment");
    if (!variables) return;
    for (const yaml::Entry& entry : variables->entries)
      check_production_variable(entry.key, entry.value.text, place_of(entry.value), findings_);
    for (const yaml::Node& item : variables->items) {
      const std::size_t sign = item.text.find('=');
      if (sign != npos)
        check_production_variable(std::string_view(item.text).substr(0, sign),
                                  std::string_view(item.text).substr(sign + 1), place_of(item), findings_);
    }
  }

  const std::string& name_;
  Findings::Place key_;
  const yaml::Node& service_;
  bool production_;
  Findings& findings_;
};

} // namespace

void check_compose(std::string_view text, bool production, Findings& findings) {
  const yaml::ParseOutcome outcome = yaml::parse({}, std::string(text));
  if (!outcome.document) return;
  const yaml::Node* services = outcome.document->root.find("services");
  if (!services) return;
  for (const yaml::Entry& service : services->entries) ServiceCheck(service, production, findings).run();
}

} // namespace deployctl::policy::lint
