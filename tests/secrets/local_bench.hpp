// Secrets of a machine of one's own: its real local sources over a scratch folder, and what the resolver told
// the redactor. Not for stores: remote_bench.hpp.
#pragma once

#include <atomic>
#include <map>

#include <catch2/catch.hpp>

#include "base/system_clock.hpp"
#include "os/processes.hpp"
#include "os/scratch.hpp"
#include "secrets/age_identities.hpp"
#include "secrets/resolver.hpp"

namespace deployctl::secrets {

struct LocalBench {
  Scratch scratch;
  SystemClock clock;
  std::map<std::string, std::string, std::less<>> environment{
      {"PATH", "/usr/bin:/bin"}, {"HOME", scratch.path("home")}, {"TOKEN", "sentinel-token-value"}};
  os::LocalProcesses processes{clock, scratch.path(),
                               os::Environment(environment.begin(), environment.end())};
  RedactionSet redactions;
  std::atomic<int> reads = 0;
  AgeIdentityCache* identities = nullptr;

  Resolver resolver(std::vector<Declaration> declarations, const std::string& key = std::string(32, 'k')) {
    return Resolver(std::move(declarations),
                    {.environment = environment,
                     .read_file =
                         [this](const std::string& path, std::size_t limit) {
                           ++reads;
                           return os::read_file(path, limit);
                         },
                     .processes = processes,
                     .directory = scratch.path(),
                     .identities = identities},
                    redactions, Secret::reference("stack key").resolved_with(key));
  }

  // What the secret's value is, told by what becomes of it in a log: the only way out.
  bool resolves_to(const std::string& reference, const std::string& value) {
    Resolver one = resolver({{"it", reference}});
    const auto resolved = one.resolve(Secret::reference("it"), {});
    INFO((resolved ? "" : resolved.error().message));
    REQUIRE(resolved);
    REQUIRE(resolved->get<Secret>()->is_resolved());
    return resolved->get<Secret>()->reveal() == value;
  }

  Error error_of(const std::string& reference) {
    Resolver one = resolver({{"it", reference}});
    const auto resolved = one.resolve(Secret::reference("it"), {});
    REQUIRE_FALSE(resolved);
    const auto versions = one.versions({});
    REQUIRE_FALSE(versions);
    CHECK(versions.error().message == resolved.error().message);
    CHECK_THAT(resolved.error().message, Catch::Contains("secret 'it' (" + reference + "): "));
    return resolved.error();
  }
};

} // namespace deployctl::secrets
