// What to show a registry: nothing until it asks, then Basic or a Bearer token, fetched once for each set of
// scopes, however many workers want it, and renewed in good time. Thread-safe through HostMemory.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include <deployctl/text.hpp>

#include "registry/access.hpp"
#include "registry/transport.hpp"

namespace deployctl::registry {

class Authorization {
public:
  explicit Authorization(const Transport& transport) : transport_(transport) {}

  // The header's value; nothing when the registry never asked. It is good for another `least`, or half of a
  // token's life if that is shorter.
  Result<std::optional<Text>> header(const Access& access, std::chrono::seconds least,
                                     const std::stop_token& stop);
  // Takes note of a 401 to a request that left at `sent`: a token from before then is not shown again. False:
  // the registry asks for nothing that we could show.
  Result<bool> refused(const Access& access, const HttpResponse& response, BootTime sent);
  // "as 'deploy' of /home/a/.docker/config.json", or anonymously
  Result<std::string> who(const Access& access, const std::stop_token& stop) const;

private:
  struct Wanted; // one token

  Result<Wanted> wanted(const Access& access, const Challenge& challenge) const;
  Result<Text> token(const Access& access, const Challenge& challenge, std::chrono::seconds least,
                     const std::stop_token& stop);
  Result<Token> fetch(const Wanted& wanted, const Credential& credential, const std::stop_token& stop);
  Result<HttpResponse> ask(const Wanted& wanted, const Credential& credential, const std::stop_token& stop);
  Result<Token> read(const HttpRequest& request, const HttpResponse& response) const;

  const Transport& transport_;
};

} // namespace deployctl::registry
