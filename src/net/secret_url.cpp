#include "net/secret_url.hpp"

#include <utility>

#include "net/url.hpp"

namespace deployctl::net {

Result<HttpRequest> addressed(HttpRequest request, const Text& url) {
  if (const Secret* secret = url.secret()) {
    request.url = secret->reveal();
    if (!parse_url(request.url))
      return fail(Cause::config, "the secret '" + secret->name() + "' holds no http or https URL");
    return request;
  }
  request.url = *url.plain();
  DEPLOYCTL_CHECK(parse_url(request.url).map([](const Url&) {}));
  return request;
}

} // namespace deployctl::net
