#include "state/audit.hpp"

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/strings.hpp"
#include "base/system_clock.hpp"
#include "os/file_lock.hpp"
#include "os/files.hpp"
#include "state/fields.hpp"

namespace deployctl::state {
namespace {

constexpr std::size_t audit_limit = 64U << 20;

std::string path_in(const std::string& directory) {
  return directory + "/audit.log";
}

Value to_value(const AuditEntry& entry) {
  return Value::Map{{"time", entry.time},
                    {"user", entry.user},
                    {"what", entry.what},
                    {"reason", entry.reason},
                    {"subject", entry.subject}};
}

Result<AuditEntry> entry_from(const Value& value) {
  AuditEntry entry;
  Fields fields(value, "audit entry");
  fields.read("time", entry.time).read("user", entry.user).read("what", entry.what);
  fields.read("reason", entry.reason).read("subject", entry.subject);
  DEPLOYCTL_CHECK(fields.finish());
  return entry;
}

Result<std::string> read_text(const std::string& directory) {
  auto text = os::read_file(path_in(directory), audit_limit);
  if (!text && text.error().cause == Cause::not_found) return std::string();
  return text;
}

} // namespace

Status append_audit(const std::string& directory, const AuditEntry& entry) {
  const SystemClock clock;
  DEPLOYCTL_TRY(const auto lock,
                os::FileLock::acquire(directory + "/audit.lock", clock, Milliseconds(10'000)));
  if (!lock)
    return fail(Cause::conflict, fmt::format("'{}' is being written by someone else", path_in(directory)));
  // Rewritten whole: entries are few, and a torn line would spoil the next one.
  DEPLOYCTL_TRY(const std::string text, read_text(directory));
  return os::atomic_write(path_in(directory), text + to_json(to_value(entry)) + "\n", 0600);
}

Result<std::vector<AuditEntry>> read_audit(const std::string& directory) {
  DEPLOYCTL_TRY(const std::string text, read_text(directory));
  std::vector<AuditEntry> entries;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    auto entry = parse_json(line, JsonMode::contract).and_then(entry_from);
    if (!entry)
      return fail(std::move(entry).error().in(fmt::format("while reading '{}'", path_in(directory))));
    entries.push_back(*std::move(entry));
  }
  return entries;
}

} // namespace deployctl::state
