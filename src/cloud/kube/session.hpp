// Questions to the API server of one cluster, as the kubeconfig or a pod's service account says. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cloud/identity.hpp"
#include "cloud/token.hpp"
#include "cloud/written.hpp"
#include "formats/kubeconfig.hpp"
#include "net/http.hpp"

namespace deployctl::kube {

// Connections that trust and show certificates of their own.
using MakeHttp = std::function<std::unique_ptr<Http>(const net::TlsIdentity&)>;

class Session {
public:
  // `kubeconfig` and `context` of the settings; else KUBECONFIG, ~/.kube/config, the pod's own.
  static Result<std::unique_ptr<Session>> open(const cloud::Parts& parts, const cloud::Written& written,
                                               const MakeHttp& make_http);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // GET `path`, told as `what`.
  Result<cloud::Answer> get(const std::string& what, const std::string& path, const std::string& accept,
                            const std::stop_token& stop);
  [[nodiscard]] cloud::Question question(const std::string& what, const std::string& path,
                                         const std::string& accept) const;
  [[nodiscard]] const std::string& context() const { return access_.context; }

private:
  Session(const cloud::Parts& parts, formats::KubeAccess access, std::unique_ptr<Http> http);
  Result<cloud::Token> token(const std::stop_token& stop);

  std::unique_ptr<Http> http_;
  const cloud::Parts parts_; // with http_
  const formats::KubeAccess access_;
  cloud::TokenSource tokens_;
};

// What a user's exec plugin prints.
Result<cloud::Token> token_of_plugin(const cloud::Parts& parts, const formats::KubeAccess& access,
                                     const std::stop_token& stop);

} // namespace deployctl::kube
