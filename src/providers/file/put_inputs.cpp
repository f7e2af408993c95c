#include "providers/file/put_inputs.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/host_state.hpp>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/host_facts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::file {
namespace {

constexpr std::string_view changed_by_hand = "a secret, changed by hand";

// For a table of hosts: "sha256:170f1c104ad1".
std::string content_in_short(const Observation& seen) {
  constexpr std::size_t digits = 19;
  const Value shown = shown_content(seen);
  const std::string text = shown.text() ? *shown.text() : "";
  return text.starts_with("sha256:") ? text.substr(0, digits) : text;
}

} // namespace

Table<PutInputs> put_table() {
  Table<PutInputs> result;
  result
      .add(&PutInputs::path, {.name = "path",
                              .type = FieldType::path,
                              .help = "The file's absolute path on the host.",
                              .example = "/etc/app/app.conf",
                              .required = true,
                              .identity = true})
      .add(&PutInputs::source, {.name = "source",
                                .type = FieldType::file,
                                .help = "The local file whose bytes are put there.",
                                .example = "config/app.conf"})
      .add(&PutInputs::content, {.name = "content",
                                 .help = "The bytes themselves; may hold secrets.",
                                 .example = R"("TOKEN=${secrets.token}\n")",
                                 .secret = SecretUse::value})
      .add(&PutInputs::mode, {.name = "mode",
                              .help = "The permission bits, in octal.",
                              .example = "0600",
                              .fallback = "0644",
                              .pattern = "0?[0-7]{3}"});
  add_ownership(result);
  return result;
}

std::vector<Field> put_fields() {
  std::vector<Field> fields = put_table().fields();
  fields.push_back(hosts_field());
  return fields;
}

std::vector<InputProblem> check_put(const Value& inputs) {
  const Value* path = inputs.find("path");
  if (!path || !path->text()) return {};
  const std::string& text = *path->text();
  const auto parts = split(text, '/');
  const bool dotted =
      std::ranges::any_of(parts, [](std::string_view part) { return part == "." || part == ".."; });
  if (text.starts_with('/') && !text.ends_with('/') && !dotted && text.find('\n') == std::string::npos)
    return {};
  return {{.path = "path",
           .message = fmt::format("'{}' is not the absolute path of a file", text),
           .help = "from the root, without '.' or '..'"}};
}

std::string reference_digest(const Secret& secret) {
  return sha256_hex(to_json(Value(secret)));
}

Content wanted_content(const PutInputs& inputs) {
  if (const Secret* secret = inputs.content ? inputs.content->secret() : nullptr) {
    // Without a version nobody can say that the host has the same bytes.
    const std::string same = secret->version().empty() ? "" : "secret " + reference_digest(*secret);
    return {same, *secret};
  }
  std::string digest;
  if (inputs.content) digest = sha256_hex(*inputs.content->plain());
  if (const Value* known = inputs.source.find("sha256"); known && known->text()) digest = *known->text();
  return {"sha256:" + digest, "sha256:" + digest};
}

std::string canonical_mode(std::string_view mode) {
  return std::string(4 - std::min<std::size_t>(4, mode.size()), '0') + std::string(mode);
}

Observation read_observation(std::string_view out) {
  Observation seen;
  Value managed = Value::Map{}, facts = Value::Map{};
  std::string since;
  for (const Line& line : key_lines(out)) {
    if (line.key == "kind") {
      seen.exists = line.rest != "none";
      facts["kind"] = line.rest;
      if (line.rest == "link") managed["content"] = "a symbolic link";
    }
    if (line.key == "mode") managed["mode"] = canonical_mode(line.rest);
    if (line.key == "sha256") managed["content"] = "sha256:" + std::string(line.rest);
    if (line.key == "secret")
      managed["content"] =
          line.rest == "changed" ? std::string(changed_by_hand) : "secret " + std::string(line.rest);
    if (line.key == "version") facts["version"] = line.rest;
    if (line.key == "since") since = host_time(line.rest);
    read_ownership(line, facts);
  }
  if (seen.exists) seen.managed = std::move(managed);
  seen.facts = std::move(facts);
  if (seen.exists) add_state(seen.facts, {.now = content_in_short(seen), .since = since});
  return seen;
}

Value shown_content(const Observation& seen) {
  const std::string content = text_at(seen.managed, "content");
  if (!content.starts_with("secret ")) return content.empty() ? Value() : Value(content);
  return "a secret, version " + text_at(seen.facts, "version");
}

} // namespace deployctl::providers::file
