#include "policy/approvals_file.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/json.hpp"

namespace deployctl::policy {

namespace {

constexpr std::int64_t known_format = 1;
constexpr std::size_t most_approvals = 256;
constexpr std::size_t longest_signature = 16U << 10;
constexpr JsonLimits file_limits{.bytes = 1U << 20, .depth = 8};
constexpr std::string_view signature_head = "-----BEGIN SSH SIGNATURE-----";

Result<SignedStatement> approval_from(const Value& value) {
  const Value* statement = value.map() ? value.find("statement") : nullptr;
  const Value* signature = value.map() ? value.find("signature") : nullptr;
  if (!statement || !signature || !signature->text() || value.map()->size() != 2)
    return fail(Cause::config, "an approval is a statement and its signature, nothing else");
  const std::string& text = *signature->text();
  if (text.size() > longest_signature || text.compare(0, signature_head.size(), signature_head) != 0)
    return fail(Cause::config, "the signature of an approval is not one of ssh-keygen");
  SignedStatement approval{.statement = {}, .signature = text};
  DEPLOYCTL_TRY(approval.statement, statement_from(*statement));
  return approval;
}

} // namespace

Result<std::vector<SignedStatement>> read_approvals(std::string_view text) {
  std::vector<SignedStatement> approvals;
  if (text.empty()) return approvals;
  DEPLOYCTL_TRY(const Value file, parse_json(text, JsonMode::contract, file_limits));
  const Value* format = file.map() ? file.find("format") : nullptr;
  const Value* list = file.map() ? file.find("approvals") : nullptr;
  if (!format || !format->get<std::int64_t>() || *format->get<std::int64_t>() != known_format || !list ||
      !list->list())
    return fail(Cause::config, "this is not a file of approvals that this version knows");
  if (list->list()->size() > most_approvals)
    return fail(Cause::config, fmt::format("a file of approvals holds {}, at most {} are read",
                                           list->list()->size(), most_approvals));
  for (const Value& each : *list->list()) {
    DEPLOYCTL_TRY(SignedStatement approval, approval_from(each));
    approvals.push_back(std::move(approval));
  }
  return approvals;
}

std::string write_approvals(const std::vector<SignedStatement>& approvals) {
  Value::List list;
  for (const SignedStatement& approval : approvals)
    list.push_back(
        Value::Map{{"statement", to_value(approval.statement)}, {"signature", approval.signature}});
  return to_json(Value::Map{{"format", known_format}, {"approvals", std::move(list)}}) + "\n";
}

} // namespace deployctl::policy
