#include "policy/approval_statement.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/time.hpp"

namespace deployctl::policy {

namespace {

constexpr std::int64_t known_format = 1;
constexpr std::array<std::string_view, 2> decisions = {"approve", "deny"};

struct SubjectMember {
  std::string_view name;
  std::string ApprovalSubject::*text;
};
constexpr std::array<SubjectMember, 6> subject_members = {{
    {"project", &ApprovalSubject::project},
    {"environment", &ApprovalSubject::environment},
    {"digest", &ApprovalSubject::digest},
    {"planned_by", &ApprovalSubject::planned_by},
    {"run", &ApprovalSubject::run},
    {"step", &ApprovalSubject::step},
}};
constexpr std::size_t member_count = subject_members.size() + 4; // decision, format and two times

Result<std::string> text_member(const Value& map, std::string_view name) {
  const Value* value = map.find(name);
  if (!value || !value->text())
    return fail(Cause::config, fmt::format("'{}' of an approval is not a text", name));
  return *value->text();
}

Result<std::string> time_member(const Value& map, std::string_view name) {
  DEPLOYCTL_TRY(std::string text, text_member(map, name));
  DEPLOYCTL_CHECK(parse_time(text).map_error(
      [&](Error error) { return std::move(error).in(fmt::format("in '{}' of an approval", name)); }));
  return text;
}

Result<Decision> decision_member(const Value& map) {
  DEPLOYCTL_TRY(const std::string text, text_member(map, "decision"));
  for (std::size_t i = 0; i < decisions.size(); ++i)
    if (decisions.at(i) == text) return static_cast<Decision>(i);
  return fail(Cause::config, fmt::format("an approval decides '{}', expected approve or deny", text));
}

} // namespace

Value to_value(const ApprovalStatement& statement) {
  Value::Map map{{"format", known_format},
                 {"decision", decisions.at(static_cast<std::size_t>(statement.decision))},
                 {"signed_at", statement.signed_at},
                 {"expires_at", statement.expires_at}};
  for (const SubjectMember& member : subject_members)
    map[std::string(member.name)] = statement.subject.*member.text;
  return map;
}

Result<ApprovalStatement> statement_from(const Value& value) {
  if (!value.map()) return fail(Cause::config, "the statement of an approval is not a map");
  const Value* format = value.find("format");
  if (!format || !format->get<std::int64_t>() || *format->get<std::int64_t>() != known_format)
    return fail(Cause::config, "an approval has a format that this version does not know");
  if (value.map()->size() != member_count)
    return fail(Cause::config, "an approval says more or less than this version knows");
  ApprovalStatement statement;
  for (const SubjectMember& member : subject_members) {
    DEPLOYCTL_TRY(statement.subject.*member.text, text_member(value, member.name));
  }
  DEPLOYCTL_TRY(statement.decision, decision_member(value));
  DEPLOYCTL_TRY(statement.signed_at, time_member(value, "signed_at"));
  DEPLOYCTL_TRY(statement.expires_at, time_member(value, "expires_at"));
  return statement;
}

std::string message_of(const ApprovalStatement& statement) {
  return to_json(to_value(statement)) + "\n";
}

} // namespace deployctl::policy
