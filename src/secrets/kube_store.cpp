// k8s://namespace/name#key
#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "cloud/kube/session.hpp"
#include "secrets/once.hpp"
#include "secrets/remote_stores.hpp"

namespace deployctl::secrets {
namespace {

constexpr const char* whole_object = "application/json";
constexpr const char* metadata_only = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

struct Kept {
  std::shared_ptr<const WipedValue> data; // base64
  std::string version;
};

class KubeStore final : public Store {
public:
  explicit KubeStore(StoreSetup setup) : setup_(std::move(setup)) {}

  // The server leaves the data out, so none of it travels.
  Result<std::string> version(const SecretReference& reference, const std::stop_token& stop) override {
    if (const auto kept = values_.known(reference.source)) return kept->version;
    return versions_.get(reference.source, [&]() -> Result<std::string> {
      DEPLOYCTL_TRY(const cloud::Answer answer, ask(reference, "metadata", metadata_only, stop));
      return cloud::text_at(*answer.body, "metadata.resourceVersion");
    });
  }

  Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const Kept kept, values_.get(reference.source, [&]() -> Result<Kept> {
      DEPLOYCTL_TRY(const cloud::Answer answer, ask(reference, "value", whole_object, stop));
      const Value* data = answer.body->find("data");
      return Kept{.data = std::make_shared<const WipedValue>(data ? *data : Value(Value::Map{})),
                  .version = cloud::text_at(*answer.body, "metadata.resourceVersion")};
    }));
    const std::string key = reference.key.value_or("");
    const Value* found = (*kept.data)->find(key);
    if (!found || !found->text()) return fail(Cause::not_found, fmt::format("it has nothing at '#{}'", key));
    DEPLOYCTL_TRY(std::string decoded, from_base64(*found->text()));
    const Wiped bytes(std::move(decoded));
    return StoredValue{.bytes = std::make_shared<const SecretBytes>(*bytes), .version = kept.version};
  }

private:
  Result<kube::Session*> opened() {
    return session_.get([this]() -> Result<std::unique_ptr<kube::Session>> {
      DEPLOYCTL_TRY(const Value written, setup_.parts.settings(setup_.instance));
      const cloud::Written reader(written, setup_.parts.parts);
      return kube::Session::open(setup_.parts.parts, reader, setup_.parts.make_http);
    });
  }

  Result<cloud::Answer> ask(const SecretReference& reference, const std::string& part,
                            const std::string& accept, const std::stop_token& stop) {
    DEPLOYCTL_TRY(kube::Session * session, opened());
    const auto parts = split(reference.source, '/');
    const std::string what = fmt::format("{} of the secret '{}'", part, reference.source);
    const std::string path =
        fmt::format("/api/v1/namespaces/{}/secrets/{}", percent_encode(parts[0]), percent_encode(parts[1]));
    DEPLOYCTL_TRY(cloud::Answer answer, session->get(what, path, accept, stop));
    if (answer.is_good() && answer.body->map()) return answer;
    Error error = cloud::refusal(session->question(what, path, accept), answer);
    if (error.cause == Cause::permission)
      error.help = fmt::format("a role must allow it: verb get on secrets/{} in '{}'", parts[1], parts[0]);
    return fail(std::move(error));
  }

  StoreSetup setup_;
  OpenOnce<kube::Session> session_;
  ReadOnce<std::string> versions_; // by source
  ReadOnce<Kept> values_;
};

} // namespace

std::unique_ptr<Store> make_kube(const StoreSetup& setup) {
  return std::make_unique<KubeStore>(setup);
}

} // namespace deployctl::secrets
