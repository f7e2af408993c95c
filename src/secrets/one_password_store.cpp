// op://vault/item/[section/]field: by a Connect server where one is set, else by the program `op`.
#include <algorithm>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "cloud/token.hpp"
#include "cloud/written.hpp"
#include "secrets/once.hpp"
#include "secrets/remote_stores.hpp"
#include "secrets/sources.hpp"

namespace deployctl::secrets {
namespace {

struct Path {
  std::string vault, item, section, field;
};

Path path_of(const SecretReference& reference) {
  const auto parts = split(reference.source, '/');
  return {.vault = std::string(parts[0]),
          .item = std::string(parts[1]),
          .section = parts.size() == 4 ? std::string(parts[2]) : "",
          .field = std::string(parts.back())};
}

// In a filter of Connect.
std::string quoted(std::string_view text) {
  return percent_encode("title eq \"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"");
}

bool is_in_section(const Value& item, const Value& field, const std::string& section) {
  const std::string id = cloud::text_at(field, "section.id");
  if (id == section) return true;
  const Value* sections = item.find("sections");
  if (!sections || !sections->list()) return false;
  return std::ranges::any_of(*sections->list(), [&](const Value& one) {
    return cloud::text_at(one, "id") == id && cloud::text_at(one, "label") == section;
  });
}

struct Found {
  std::string id;
  std::string version;
};
using Item = std::shared_ptr<const WipedValue>;

class Connect {
public:
  Connect(cloud::Parts parts, std::string host, Secret token)
      : parts_(parts), host_(std::move(host)),
        tokens_(std::move(parts), [token = std::move(token)](const std::stop_token&) -> Result<cloud::Token> {
          return cloud::Token{.value = token, .expires = {}};
        }) {}

  Result<std::string> version(const Path& path, const std::stop_token& stop) {
    return find_item(path, stop).map([](const Found& found) { return found.version; });
  }

  Result<StoredValue> read(const Path& path, const std::stop_token& stop) {
    DEPLOYCTL_TRY(const Item item,
                  items_.get(path.vault + "/" + path.item, [&] { return ask_item(path, stop); }));
    static const Value::List none;
    const Value* listed = (*item)->find("fields");
    const Value::List& fields = listed && listed->list() ? *listed->list() : none;
    const Value* found = nullptr;
    for (const Value& field : fields) {
      const bool fits =
          cloud::text_at(field, "label") == path.field || cloud::text_at(field, "id") == path.field;
      if (!fits || (!path.section.empty() && !is_in_section(**item, field, path.section))) continue;
      if (found) return fail(Cause::config, fmt::format("the item has more than one field '{}'", path.field));
      found = field.find("value");
    }
    if (!found || !found->text())
      return fail(Cause::not_found, fmt::format("the item has no field '{}'", path.field));
    return StoredValue{.bytes = std::make_shared<const SecretBytes>(*found->text()),
                       .version = version_in(**item)};
  }

private:
  static std::string version_in(const Value& item) {
    const auto number = cloud::number_at(item, "version");
    return number ? std::to_string(*number) : "";
  }

  [[nodiscard]] Result<WipedValue> get(const std::string& what, const std::string& path,
                                       const std::stop_token& stop) {
    cloud::Question asked{.name = fmt::format("1password: {}", what)};
    asked.request = {.operation = "secrets.op", .url = host_ + path};
    return tokens_.ask(asked, stop);
  }

  // The one of a list that has this title.
  static Result<Found> only_one(const Value& list, const std::string& what) {
    if (!list.list() || list.list()->empty())
      return fail(Cause::not_found, fmt::format("there is no {}", what));
    if (list.list()->size() > 1)
      return fail(Cause::config, fmt::format("there are {} of {}", list.list()->size(), what));
    const Value& one = list.list()->front();
    return Found{.id = cloud::text_at(one, "id"), .version = version_in(one)};
  }

  Result<Found> find_vault(const std::string& name, const std::stop_token& stop) {
    return found_.get(name, [&]() -> Result<Found> {
      const std::string what = fmt::format("vault '{}'", name);
      DEPLOYCTL_TRY(const WipedValue list, get(what, "/v1/vaults?filter=" + quoted(name), stop));
      return only_one(*list, what);
    });
  }

  // The list tells an item's version and none of its fields.
  Result<Found> find_item(const Path& path, const std::stop_token& stop) {
    DEPLOYCTL_TRY(const Found vault, find_vault(path.vault, stop));
    return found_.get(path.vault + "/" + path.item, [&]() -> Result<Found> {
      const std::string what = fmt::format("item '{}' in vault '{}'", path.item, path.vault);
      DEPLOYCTL_TRY(
          const WipedValue list,
          get(what, fmt::format("/v1/vaults/{}/items?filter={}", percent_encode(vault.id), quoted(path.item)),
              stop));
      return only_one(*list, what);
    });
  }

  Result<Item> ask_item(const Path& path, const std::stop_token& stop) {
    DEPLOYCTL_TRY(const Found vault, find_vault(path.vault, stop));
    DEPLOYCTL_TRY(const Found item, find_item(path, stop));
    DEPLOYCTL_TRY(
        WipedValue whole,
        get(fmt::format("item '{}'", path.item),
            fmt::format("/v1/vaults/{}/items/{}", percent_encode(vault.id), percent_encode(item.id)), stop));
    return std::make_shared<const WipedValue>(std::move(whole));
  }

  cloud::Parts parts_;
  std::string host_;
  cloud::TokenSource tokens_;
  ReadOnce<Found> found_; // vaults by name, items by "vault/item"
  ReadOnce<Item> items_;
};

class OnePassword final : public Store {
public:
  explicit OnePassword(StoreSetup setup) : setup_(std::move(setup)) {}

  Result<std::string> version(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const Way* way, opened());
    return way->connect ? way->connect->version(path_of(reference), stop) : Result<std::string>("");
  }

  Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const Way* way, opened());
    if (way->connect) return way->connect->read(path_of(reference), stop);
    return values_.get(reference.source, [&] { return run_op(reference, way->account_token, stop); });
  }

private:
  struct Way {
    std::unique_ptr<Connect> connect; // null: no server is set, `op` reads
    std::optional<Secret> account_token;
  };

  Result<Way*> opened() {
    return way_.get([this]() -> Result<std::unique_ptr<Way>> {
      DEPLOYCTL_TRY(const Value written, setup_.parts.settings(setup_.instance));
      const cloud::Written reader(written, setup_.parts.parts);
      auto way = std::make_unique<Way>();
      way->account_token = reader.secret("token", {"OP_SERVICE_ACCOUNT_TOKEN"});
      const std::string host = reader.text("connect_host", {"OP_CONNECT_HOST"});
      if (host.empty()) return way;
      const auto token = reader.secret("connect_token", {"OP_CONNECT_TOKEN"});
      if (!token)
        return fail(Cause::auth, "there is no token for 1Password Connect",
                    "set OP_CONNECT_TOKEN, or write `connect_token` under `providers`");
      way->connect = std::make_unique<Connect>(setup_.parts.parts, host, *token);
      return way;
    });
  }

  Result<StoredValue> run_op(const SecretReference& reference, const std::optional<Secret>& account_token,
                             const std::stop_token& stop) {
    ProcessRequest request{
        .operation = "secrets.op",
        .argv = {"op", "read", "--no-newline", "op://" + reference.source},
        .inherit = {"PATH", "HOME", "USER", "LANG", "TMPDIR", "XDG_CONFIG_HOME", "OP_ACCOUNT"},
        .timeout = exec_limit,
        .capture_limit = value_limit};
    for (const auto& [name, value] : setup_.parts.parts.environment)
      if (name.starts_with("OP_SESSION_")) request.inherit.push_back(name);
    if (account_token) request.environment.emplace("OP_SERVICE_ACCOUNT_TOKEN", *account_token);
    DEPLOYCTL_TRY(ProcessResult result, setup_.parts.parts.processes.run(request, stop));
    const Wiped out(std::move(result.out));
    if (result.cancelled) return fail(Cause::cancelled, "'op' was stopped");
    if (result.timed_out) return fail(Cause::timeout, "'op' took longer than 30 s");
    if (result.exit_code == 0)
      return StoredValue{.bytes = std::make_shared<const SecretBytes>(*out), .version = ""};
    Error error{.cause = Cause::command_failed,
                .message = fmt::format("'op read' exited with {}", result.exit_code)};
    for (const std::string_view line : split(trim(result.err), '\n'))
      error.evidence.push_back(sanitize_line(line));
    if (error.evidence.size() > 5) error.evidence.resize(5);
    return fail(std::move(error));
  }

  StoreSetup setup_;
  OpenOnce<Way> way_;
  ReadOnce<StoredValue> values_; // of `op`, by source
};

} // namespace

std::unique_ptr<Store> make_one_password(const StoreSetup& setup) {
  return std::make_unique<OnePassword>(setup);
}

} // namespace deployctl::secrets
