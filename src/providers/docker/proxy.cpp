#include "providers/docker/proxy.hpp"

namespace deployctl::providers::docker {

bool ProxyState::leads_to(const std::string& target) const {
  return is_loaded && targets.size() == 1 && targets.front() == target;
}

} // namespace deployctl::providers::docker
