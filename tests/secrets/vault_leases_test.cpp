#include <future>

#include <catch2/catch.hpp>

#include "secrets/vault_server.hpp"

using namespace deployctl;
using namespace deployctl::tests;

namespace {

// Two waits pass at once, the third one until it is stopped.
struct LeasingServer : VaultServer {
  std::promise<void> held;
  int waited = 0;

  LeasingServer() {
    settings["vault.main"]["dynamic"] = Value::List{"database"};
    made["database/creds/app"] = {{"username", "v-app-1"}, {"password", "sentinel-1"}};
    pause = [this](Milliseconds span, const std::stop_token& stop) {
      base.waits.push_back(span);
      if (++waited < 3) return true;
      held.set_value();
      std::promise<void> stopped;
      const std::stop_callback wake(stop, [&stopped] { stopped.set_value(); });
      stopped.get_future().wait();
      return false;
    };
  }
};

} // namespace

TEST_CASE("vault: a leased credential is made once, renewed while it is held and revoked at the end") {
  LeasingServer vault;
  vault.open({"vault://main/database/creds/app#username", "vault://main/database/creds/app#password"});
  CHECK(vault.value(0) == "v-app-1");
  CHECK(vault.value(1) == "sentinel-1");
  vault.held.get_future().wait();
  CHECK(vault.leases == 1);
  CHECK(std::ranges::count(vault.asked, "POST /v1/sys/leases/renew") == 2);
  CHECK(vault.base.waits == std::vector<Milliseconds>{std::chrono::seconds(600), std::chrono::seconds(400),
                                                      std::chrono::seconds(400)});
  CHECK(vault.revoked.empty());
  vault.close();
  CHECK(vault.revoked == std::vector<std::string>{"lease-1"});
}

TEST_CASE("vault: a plan makes no leased credential, but knows whether it may be made") {
  LeasingServer vault;
  vault.open({"vault://main/database/creds/app#password"});
  CHECK(vault.version(0) == "leased");
  CHECK(vault.leases == 0);
  vault.forbidden = {"database/creds/app"};
  vault.open({"vault://main/database/creds/app#password"});
  CHECK(vault.version(0) ==
        "permission: vault: 'database/creds/app' may not be read | a policy must allow it: path "
        "\"database/creds/app\" { capabilities = [\"read\"] }");
}

TEST_CASE("vault: a mount that is and one that is not said to be dynamic must be so") {
  LeasingServer vault;
  vault.settings["vault.main"]["dynamic"] = Value::List{"kv"};
  vault.settings["vault.main"]["kv_version"] = "1";
  vault.first["kv/app"] = {{"a", "sentinel-1"}};
  vault.open({"vault://main/kv/app#a", "vault://main/database/creds/app#password"});
  CHECK(vault.value(0) ==
        "config: 'kv' makes no credentials that end | take it out of `dynamic` under `providers`");
  CHECK(vault.value(1) == "config: what 'database' has is made anew whenever it is read | name the mount in "
                          "`dynamic` under `providers`");
  vault.held.get_future().wait();
  vault.close();
  CHECK(vault.revoked == std::vector<std::string>{"lease-1"});
}
