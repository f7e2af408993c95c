// Stores over HTTP as a test wants them: a function answers for the service, and secrets are read through the
// resolver, as a run does.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "cloud/aws_bench.hpp"
#include "secrets/remote_stores.hpp"
#include "secrets/resolver.hpp"

namespace deployctl::tests {

inline HttpResponse json_answer(const Value& body, int status = 200) {
  return {.status = status, .body = to_json(body, JsonMode::plain)};
}

// "/v1/secret/data/app?x=1"
inline std::string path_of(const HttpRequest& request) {
  const std::size_t host = request.url.find("://") + 3;
  const std::size_t path = request.url.find('/', host);
  return path == std::string::npos ? "/" : request.url.substr(path);
}

inline std::string origin_of(const HttpRequest& request) {
  return request.url.substr(0, request.url.find('/', request.url.find("://") + 3));
}

// What a form of OAuth says, decoded.
inline std::map<std::string, std::string> form_of(const HttpRequest& request) {
  std::map<std::string, std::string> out;
  std::string body = bytes_of(request.body);
  for (std::size_t begin = 0; begin < body.size();) {
    const std::size_t end = std::min(body.find('&', begin), body.size());
    const std::string pair = body.substr(begin, end - begin);
    std::string value = pair.substr(pair.find('=') + 1);
    std::ranges::replace(value, '+', ' ');
    out[pair.substr(0, pair.find('='))] = percent_decode(value).value();
    begin = end + 1;
  }
  return out;
}

// Another connection to the same service.
class Forwarding final : public Http {
public:
  explicit Forwarding(Http& to) : to_(to) {}
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    return to_.send(request, std::move(stop));
  }

private:
  Http& to_;
};

// Without the reference that it is bound to.
inline std::string version_alone(const std::string& kept) {
  return kept.substr(0, kept.rfind('~'));
}

struct RemoteBench {
  AwsBench base;
  RedactionSet redactions;
  std::map<std::string, Value> settings; // by instance
  int settings_read = 0;
  std::vector<std::string> asked; // "GET /v1/…"
  std::vector<std::string> learned;
  std::vector<net::TlsIdentity> tls; // of connections that were made
  std::function<HttpResponse(const HttpRequest&)> answer;
  cloud::Wait pause = [this](Milliseconds span, const std::stop_token&) {
    base.waits.push_back(span);
    return true;
  };
  secrets::Stores stores;
  std::optional<secrets::Resolver> resolver;

  RemoteBench() {
    base.http.answer = [this](const HttpRequest& request) {
      asked.push_back(request.method + " " + path_of(request));
      return answer(request);
    };
  }

  cloud::Parts parts() {
    return {.http = base.http,
            .processes = base.processes,
            .clock = base.clock,
            .random = base.random,
            .environment = base.environment,
            .wait = [this](Milliseconds span, const std::stop_token& stop) { return pause(span, stop); },
            .read_file = base.reader(),
            .learn = [this](const Secret& secret) { learned.emplace_back(secret.reveal()); },
            .directory = "/project"};
  }

  void open(const std::vector<std::string>& references) {
    asked.clear();
    std::vector<secrets::Declaration> declarations;
    std::vector<SecretReference> parsed;
    for (const std::string& text : references) {
      declarations.push_back({"s" + std::to_string(declarations.size()), text});
      parsed.push_back(parse_secret_reference(text).value());
    }
    const auto find = [this](const std::string& name) {
      const auto found = settings.find(name);
      return found == settings.end() ? Value(Value::Map{}) : found->second;
    };
    const auto chain = [this] {
      return aws::ChainParts{.ports = base.ports(),
                             .processes = base.processes,
                             .read_file = base.reader(),
                             .write_file = {},
                             .learn = [](const Secret&) {}};
    };
    close();
    secrets::add_remote_stores(
        stores, parsed,
        {.parts = parts(),
         .settings = [this, find](const std::string& name) -> Result<Value> {
           ++settings_read;
           return find(name);
         },
         .make_http = [this](const net::TlsIdentity& identity) -> std::unique_ptr<Http> {
           tls.push_back(identity);
           return std::make_unique<Forwarding>(base.http);
         },
         .aws = {.chain = chain, .environment = base.environment, .settings = find}});
    resolver.emplace(std::move(declarations),
                     secrets::Sources{.environment = base.environment,
                                      .read_file = base.reader(),
                                      .processes = base.processes,
                                      .directory = "/project",
                                      .stores = &stores},
                     redactions, Secret::reference("key").resolved_with(std::string(32, 'k')));
  }

  void close() {
    resolver.reset();
    stores = secrets::Stores();
  }

  std::string value(int number) {
    const auto found = resolver->resolve(Secret::reference("s" + std::to_string(number)), {});
    if (!found) return told(found.error());
    return std::string(found->get<Secret>()->reveal());
  }
  std::string version(int number) {
    const auto found = resolver->with_versions(Secret::reference("s" + std::to_string(number)), {});
    if (!found) return told(found.error());
    return version_alone(found->get<Secret>()->version());
  }
  // As a release keeps it.
  std::string kept(int number) {
    return resolver->with_versions(Secret::reference("s" + std::to_string(number)), {})
        ->get<Secret>()
        ->version();
  }
  // Without the name of the secret, with its cause and its help.
  static std::string told(const Error& error) {
    return std::string(to_text(error.cause)) + ": " + error.message.substr(error.message.find("): ") + 3) +
           (error.help.empty() ? "" : " | " + error.help);
  }
  std::string body(std::size_t number) const { return bytes_of(base.http.requests.at(number).body); }
};

} // namespace deployctl::tests
