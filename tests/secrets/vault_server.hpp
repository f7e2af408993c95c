// A Vault that keeps to the contract: who has no valid token gets 403 for everything, also for what is not
// there.
#pragma once

#include <set>

#include "secrets/remote_bench.hpp"

namespace deployctl::tests {

struct VaultVersion {
  Value::Map data;
  std::string deleted = {};
  bool destroyed = false;
};

struct VaultServer : RemoteBench {
  std::map<std::string, std::vector<VaultVersion>> second; // KV v2 by path
  std::map<std::string, Value::Map> first;                 // KV v1 by full path
  std::set<std::string> tokens = {"t-root"};
  std::set<std::string> forbidden;        // paths
  std::map<std::string, Value::Map> made; // by full path: credentials that are leased
  int leases = 0;
  std::vector<std::string> revoked;
  std::string demanded_namespace;
  std::int64_t lasts = 3600;
  bool renewable = true;
  bool may_look = true;
  int logins = 0;
  std::vector<Value> bodies;

  VaultServer() {
    answer = [this](const HttpRequest& request) { return serve(request); };
    settings["vault.main"] = Value::Map{{"address", "https://vault.example.com:8200/"}, {"token", "t-root"}};
  }

  ~VaultServer() { close(); } // the session says good-bye

  VaultServer(const VaultServer&) = delete;
  VaultServer& operator=(const VaultServer&) = delete;

  static HttpResponse errors(int status, std::vector<std::string> lines) {
    return json_answer(Value::Map{{"errors", Value::List(lines.begin(), lines.end())}}, status);
  }

  HttpResponse serve(const HttpRequest& request) {
    if (origin_of(request) != "https://vault.example.com:8200") return errors(599, {"another server"});
    if (header_of(request, "X-Vault-Request") != "true") return errors(400, {"no request header"});
    if (header_of(request, "X-Vault-Namespace") != demanded_namespace)
      return errors(403, {"permission denied"});
    const std::string path = path_of(request).substr(4);
    if (path.ends_with("/login")) return login(path, request);
    const std::string token = header_of(request, "X-Vault-Token");
    if (path == "sys/wrapping/unwrap" && token == "wrap-1")
      return json_answer(Value::Map{{"data", Value::Map{{"secret_id", "sid-inner"}}}});
    if (!tokens.contains(token)) return errors(403, {"permission denied"});
    if (path == "auth/token/lookup-self") return look();
    if (path == "auth/token/renew-self") return renew();
    if (path == "auth/token/revoke-self") {
      tokens.erase(token);
      return {.status = 204};
    }
    if (path == "sys/capabilities-self") return capabilities(request);
    if (path.starts_with("sys/leases/")) return lease(path, request);
    if (forbidden.contains(path)) return errors(403, {"1 error occurred:\n\t* permission denied\n\n"});
    return read(path);
  }

  HttpResponse capabilities(const HttpRequest& request) const {
    const Value body = parse_json(bytes_of(request.body), JsonMode::plain).value();
    const std::string path = *body.find("paths")->list()->front().text();
    return json_answer(Value::Map{{path, Value::List{forbidden.contains(path) ? "deny" : "read"}}});
  }
  HttpResponse lease(const std::string& path, const HttpRequest& request) {
    const Value body = parse_json(bytes_of(request.body), JsonMode::plain).value();
    const std::string id = *body.find("lease_id")->text();
    if (path == "sys/leases/renew")
      return json_answer(Value::Map{{"lease_id", id}, {"lease_duration", 600}, {"renewable", true}});
    revoked.push_back(id);
    return {.status = 204};
  }
  HttpResponse make(const Value::Map& data) {
    return json_answer(Value::Map{{"lease_id", "lease-" + std::to_string(++leases)},
                                  {"lease_duration", 900},
                                  {"renewable", true},
                                  {"data", data}});
  }

  HttpResponse look() const {
    if (!may_look) return errors(403, {"permission denied"});
    return json_answer(Value::Map{{"data", Value::Map{{"ttl", lasts}, {"renewable", renewable}}}});
  }
  HttpResponse renew() const {
    if (!renewable) return errors(400, {"lease is not renewable"});
    return json_answer(Value::Map{{"auth", Value::Map{{"lease_duration", lasts}}}});
  }

  HttpResponse login(const std::string&, const HttpRequest& request) {
    bodies.push_back(parse_json(bytes_of(request.body), JsonMode::plain).value());
    const Value* role = bodies.back().find("role");
    if (role && *role == Value("unknown")) return errors(400, {"role \"unknown\" could not be found"});
    const std::string token = "t-login-" + std::to_string(++logins);
    tokens.insert(token);
    return json_answer(Value::Map{
        {"auth", Value::Map{{"client_token", token}, {"lease_duration", lasts}, {"renewable", renewable}}}});
  }

  static Value::Map metadata_of(const VaultVersion& version, std::size_t number) {
    return {{"version", static_cast<std::int64_t>(number)},
            {"created_time", "2026-03-01T10:00:0" + std::to_string(number) + ".945319214Z"},
            {"deletion_time", version.deleted},
            {"destroyed", version.destroyed}};
  }

  HttpResponse read(const std::string& path) {
    if (const auto found = made.find(path); found != made.end()) return make(found->second);
    if (const auto found = first.find(path); found != first.end())
      return json_answer(Value::Map{{"lease_duration", 2764800}, {"data", found->second}});
    for (const std::string door : {"/data/", "/metadata/"}) {
      const std::size_t at = path.find(door);
      if (at == std::string::npos) continue;
      const auto found = second.find(path.substr(0, at + 1) + path.substr(at + door.size()));
      if (found == second.end()) break;
      return door == "/data/" ? newest(found->second) : history(found->second);
    }
    return errors(404, {});
  }

  static HttpResponse newest(const std::vector<VaultVersion>& versions) {
    const VaultVersion& last = versions.back();
    const bool gone = last.destroyed || !last.deleted.empty();
    return json_answer(Value::Map{{"data", Value::Map{{"data", gone ? Value() : Value(last.data)},
                                                      {"metadata", metadata_of(last, versions.size())}}}},
                       gone ? 404 : 200);
  }
  static HttpResponse history(const std::vector<VaultVersion>& versions) {
    Value::Map all;
    for (std::size_t i = 0; i < versions.size(); ++i)
      all[std::to_string(i + 1)] = metadata_of(versions[i], i + 1);
    return json_answer(
        Value::Map{{"data", Value::Map{{"current_version", static_cast<std::int64_t>(versions.size())},
                                       {"versions", all}}}});
  }
};

} // namespace deployctl::tests
