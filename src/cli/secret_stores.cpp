#include "cli/secret_stores.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "os/files.hpp"
#include "os/pause.hpp"
#include "secrets/remote_stores.hpp"

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

cloud::Parts cloud_parts(const StorePorts& ports) {
  return {.http = ports.http,
          .processes = ports.processes,
          .clock = ports.clock,
          .random = ports.random,
          .environment = ports.environment,
          .wait = os::pause,
          .read_file = os::read_file,
          .learn = [&redactions = ports.redactions](const Secret& secret) { redactions.add(secret); },
          .directory = ports.directory};
}

// The secrets of a store's own settings. They are read locally: a store cannot need a store.
Result<Value> with_local_secrets(const config::Pipeline& pipeline, const StorePorts& ports,
                                 const Value& settings) {
  std::vector<secrets::Declaration> local;
  for (const config::SecretDeclaration& secret : pipeline.secrets) {
    const auto reference = parse_secret_reference(secret.reference);
    if (reference && find_secret_scheme(reference->scheme)->local)
      local.push_back({.name = secret.name, .reference = secret.reference});
  }
  Status status;
  for_each_secret(settings, [&](const Secret& leaf) {
    for (const Secret::Part& part : leaf.parts())
      if (!part.name.empty() &&
          std::ranges::find(local, part.name, &secrets::Declaration::name) == local.end())
        status =
            fail(Cause::config,
                 fmt::format("the store's own credentials need the secret '{}', which is kept in a store",
                             part.name),
                 "keep it where it can be read locally: env, file, dotenv, exec, sops or age");
  });
  if (!status) return fail(std::move(status).error());
  secrets::Resolver resolver(std::move(local),
                             {.environment = ports.environment,
                              .read_file = os::read_file,
                              .processes = ports.processes,
                              .directory = ports.directory,
                              .identities = ports.identities,
                              .sops_files = ports.sops_files},
                             ports.redactions, Secret::reference("none").resolved_with("none"));
  return resolver.resolve(settings, {});
}

void add_names(const Value& inputs, std::set<std::string>& names) {
  for_each_secret(inputs, [&names](const Secret& leaf) {
    for (const Secret::Part& part : leaf.parts())
      if (!part.name.empty()) names.insert(part.name);
  });
}

// Those that steps, gates and connections need.
std::set<std::string> needed_names(const config::Pipeline& pipeline) {
  std::set<std::string> names;
  for (const std::vector<config::Step>* steps : {&pipeline.steps, &pipeline.finally})
    for (const config::Step& step : *steps) {
      add_names(step.inputs, names);
      if (step.undo) add_names(*step.undo, names);
      for (const config::GateUse& gate : step.gates) add_names(gate.inputs, names);
    }
  for (const config::ProviderInstance& instance : pipeline.instances) add_names(instance.settings, names);
  return names;
}

} // namespace

std::vector<secrets::Declaration> secret_declarations(const config::Pipeline& pipeline) {
  const std::set<std::string> needed = needed_names(pipeline);
  std::set<std::string> told;
  for (const config::NoticeUse& notice : pipeline.notify) add_names(notice.inputs, told);
  std::vector<secrets::Declaration> declarations;
  for (const config::SecretDeclaration& secret : pipeline.secrets)
    declarations.push_back({.name = secret.name,
                            .reference = secret.reference,
                            .only_told = told.contains(secret.name) && !needed.contains(secret.name)});
  return declarations;
}

secrets::Stores make_stores(const config::Pipeline& pipeline, const StorePorts& ports) {
  std::vector<SecretReference> references;
  for (const config::SecretDeclaration& secret : pipeline.secrets)
    if (auto reference = parse_secret_reference(secret.reference))
      references.push_back(*std::move(reference));
  secrets::Stores stores;
  const secrets::AwsParts aws{
      .chain = [ports] { return chain_parts(ports); },
      .environment = ports.environment,
      .settings = [&pipeline](const std::string& instance) { return settings_of(pipeline, instance); }};
  secrets::add_aws_stores(stores, references, aws);
  secrets::add_remote_stores(
      stores, references,
      {.parts = cloud_parts(ports),
       .settings =
           [&pipeline, ports](const std::string& instance) {
             return with_local_secrets(pipeline, ports, settings_of(pipeline, instance));
           },
       .make_http = [settings = ports.http_settings](const net::TlsIdentity& tls) -> std::unique_ptr<Http> {
         net::HttpSettings own = settings;
         const std::string usual = std::move(own.tls.ca_pem);
         own.tls = tls;
         if (own.tls.ca_pem.empty()) own.tls.ca_pem = usual;
         return std::make_unique<net::CurlHttp>(std::move(own));
       },
       .aws = aws});
  return stores;
}

} // namespace deployctl::cli
