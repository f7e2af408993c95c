#include "cli/secret_stores.hpp"

#include <algorithm>

#include "os/files.hpp"
#include "os/pause.hpp"
#include "secrets/aws_stores.hpp"

namespace deployctl::cli {
namespace {

constexpr unsigned for_the_owner = 0600;

aws::ChainParts chain_parts(const StorePorts& ports) {
  return {.ports = {.http = ports.http, .clock = ports.clock, .random = ports.random, .wait = os::pause},
          .processes = ports.processes,
          .read_file = os::read_file,
          .write_file = [](const std::string& path,
                           const std::string& bytes) { return os::atomic_write(path, bytes, for_the_owner); },
          .learn = [&redactions = ports.redactions](const Secret& secret) { redactions.add(secret); }};
}

Value settings_of(const config::Pipeline& pipeline, const std::string& instance) {
  const auto found = std::ranges::find(pipeline.instances, instance, &config::ProviderInstance::name);
  return found == pipeline.instances.end() ? Value(Value::Map{}) : found->settings;
}

} // namespace

secrets::Stores make_stores(const config::Pipeline& pipeline, const StorePorts& ports) {
  std::vector<SecretReference> references;
  for (const config::SecretDeclaration& secret : pipeline.secrets)
    if (auto reference = parse_secret_reference(secret.reference))
      references.push_back(*std::move(reference));
  secrets::Stores stores;
  secrets::add_aws_stores(
      stores, references,
      {.chain = [ports] { return chain_parts(ports); },
       .environment = ports.environment,
       .settings = [&pipeline](const std::string& instance) { return settings_of(pipeline, instance); }});
  return stores;
}

} // namespace deployctl::cli
