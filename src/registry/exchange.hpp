// One request to a registry with everything around it: its URL, what must be shown, one more try when that
// was not enough. For the verbs of client.hpp and uploads.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "registry/access.hpp"
#include "registry/authorization.hpp"
#include "registry/transport.hpp"

namespace deployctl::registry {

class Exchange {
public:
  explicit Exchange(const ClientParts& parts) : transport_(parts), authorization_(transport_) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // `request.url` may be a path below the repository ("/manifests/1") or a whole URL the registry gave.
  // Credentials go to the registry's own origin only.
  Result<HttpResponse> send(const Access& access, HttpRequest request, Again again,
                            const std::stop_token& stop);
  // The same, and an error for any status that is not among `wanted`.
  Result<HttpResponse> expect(const Access& access, const HttpRequest& request,
                              std::initializer_list<int> wanted, const std::stop_token& stop);
  // What a response's Location means. Cause::conflict: it has none; policy: it leads astray.
  Result<std::string> location(const Access& access, const HttpRequest& request,
                               const HttpResponse& response) const;

  [[nodiscard]] const Transport& transport() const { return transport_; }
  [[nodiscard]] HostMemory& memory(const Access& access) const {
    return transport_.parts().memory.host(access.repository.host);
  }
  [[nodiscard]] std::string url(const Access& access, const std::string& path) const;
  // A refusal as an error; says as whom it was asked when that is the matter.
  Error error(const Access& access, const HttpRequest& request, const HttpResponse& response,
              const std::stop_token& stop) const;

private:
  Result<HttpResponse> attempt(const Access& access, const HttpRequest& request, bool own, Again again,
                               const std::stop_token& stop);

  Transport transport_;
  Authorization authorization_;
};

} // namespace deployctl::registry
