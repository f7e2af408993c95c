// What `providers: ssh` says, as the client that connects.
#include "ssh/client_settings.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::ssh;

namespace {

Client client_of(const Value& written) {
  const auto settings = ssh_settings().decode(written);
  REQUIRE(settings);
  return client_from(*settings, {.home = "/home/ann", .folder = "/work/project"});
}

} // namespace

TEST_CASE("ssh settings: nothing written is what a client is without settings") {
  const Client client = client_of(Value::Map{});
  const Client plain;
  CHECK(settings_arguments(client, {.host = "web"}) == settings_arguments(plain, {.host = "web"}));
  CHECK(client.multiplexing);
}

TEST_CASE("ssh settings: each one reaches the command line, and none replaces what is ours") {
  const Client client = client_of(
      Value::Map{{"new_hosts", "accept"},
                 {"connect_timeout", "3s"},
                 {"keepalive", "7s"},
                 {"identity", "~/.ssh/deploy"},
                 {"config", "etc/ssh_config"},
                 {"options", Value::List{"StrictHostKeyChecking=no", "IdentityFile=/other", "IPQoS=none"}},
                 {"multiplexing", false}});
  CHECK_FALSE(client.multiplexing);
  CHECK(client.config_file == "/work/project/etc/ssh_config");
  const auto argv = settings_arguments(client, {.host = "web"});
  const auto place = [&](const std::string& word) {
    const auto found = std::ranges::find(argv, word);
    REQUIRE(found != argv.end());
    return found - argv.begin();
  };
  CHECK(place("ConnectTimeout=3") < place("IPQoS=none"));
  CHECK(place("ServerAliveInterval=7") < place("IPQoS=none"));
  // ssh takes the first value of an option.
  CHECK(place("StrictHostKeyChecking=accept-new") < place("StrictHostKeyChecking=no"));
  CHECK(place("IdentityFile=\"/home/ann/.ssh/deploy\"") < place("IdentityFile=/other"));
  CHECK(place("IdentitiesOnly=yes") < place("IPQoS=none"));
}
