// Whatever can be read is kept whole when merged with itself, and every context of it can be asked for.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "formats/kubeconfig.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace deployctl::formats;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config = parse_kubeconfig(text, "/kube/config");
  if (!config) return 0;
  const Kubeconfig twice = merged(*config, *config);
  if (twice.contexts.size() != config->contexts.size() || twice.current_context != config->current_context)
    std::abort();
  for (const auto& [name, context] : config->contexts) {
    const auto access = kube_access(*config, name);
    if (access && (access->cluster.server.empty() || (!name.empty() && access->context != name)))
      std::abort();
  }
  return 0;
}
