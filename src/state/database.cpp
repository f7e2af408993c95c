#include "state/database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include <fmt/core.h>

namespace deployctl::state {
namespace {

constexpr int patience = 10'000; // milliseconds to wait for another process's write

struct CauseOfCode {
  int code;
  Cause cause;
};

constexpr std::array<CauseOfCode, 9> causes = {{
    {SQLITE_BUSY, Cause::conflict},
    {SQLITE_LOCKED, Cause::conflict},
    {SQLITE_CONSTRAINT, Cause::conflict},
    {SQLITE_FULL, Cause::capacity},
    {SQLITE_CANTOPEN, Cause::permission},
    {SQLITE_READONLY, Cause::permission},
    {SQLITE_PERM, Cause::permission},
    {SQLITE_CORRUPT, Cause::config},
    {SQLITE_NOTADB, Cause::config},
}};

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

int bind(sqlite3_stmt* statement, int index, const Parameter& parameter) {
  if (const auto* number = std::get_if<std::int64_t>(&parameter))
    return sqlite3_bind_int64(statement, index, *number);
  if (const auto* text = std::get_if<std::string>(&parameter))
    // nullptr in place of SQLITE_STATIC, which is a C-style cast of it: the text outlives the statement's
    // use.
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), nullptr, SQLITE_UTF8);
  return sqlite3_bind_null(statement, index);
}

Statement prepare(sqlite3* handle, std::string_view sql, const std::vector<Parameter>& parameters) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle, sql.data(), static_cast<int>(sql.size()), &raw, nullptr) != SQLITE_OK)
    return nullptr;
  Statement statement(raw);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (bind(raw, static_cast<int>(i) + 1, parameters[i]) != SQLITE_OK) return nullptr;
  return statement;
}

} // namespace

bool Row::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Row::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes ? std::string(bytes, size) : std::string();
}

Database::~Database() {
  sqlite3_close(handle_);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                 std::span<const std::string_view> migrations) {
  sqlite3* handle = nullptr;
  constexpr int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle, path));
  if (code != SQLITE_OK) return database->failure("cannot open");
  sqlite3_busy_timeout(handle, patience);
  DEPLOYCTL_CHECK(database->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"));
  DEPLOYCTL_CHECK(database->migrate(migrations));
  return database;
}

tl::unexpected<Error> Database::failure(std::string_view doing) const {
  const int code = sqlite3_errcode(handle_) & 0xFF; // the rest says more about the same
  const auto* found =
      std::find_if(causes.begin(), causes.end(), [&](const CauseOfCode& c) { return c.code == code; });
  const Cause cause = found == causes.end() ? Cause::internal : found->cause;
  return fail(cause, fmt::format("{} '{}': {}", doing, path_, sqlite3_errmsg(handle_)));
}

Status Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure("cannot write");
  return {};
}

Status Database::migrate(std::span<const std::string_view> migrations) {
  const auto read_version = [&]() -> Result<std::int64_t> {
    std::int64_t version = 0;
    DEPLOYCTL_CHECK(query("PRAGMA user_version", {}, [&](const Row& row) -> Status {
      version = row.integer(0);
      return {};
    }));
    return version;
  };
  const auto newest = static_cast<std::int64_t>(migrations.size());
  DEPLOYCTL_TRY(std::int64_t version, read_version());
  if (version > newest)
    return fail(Cause::config,
                fmt::format("'{}' has schema {} but this version knows {} at most", path_, version, newest),
                "use the version of deployctl that wrote it, or a newer one");
  if (version == newest) return {};
  // Under the write lock the version is read again: another process may be first.
  DEPLOYCTL_CHECK(execute("BEGIN IMMEDIATE"));
  Status done;
  DEPLOYCTL_TRY(version, read_version());
  for (; version < newest && done; ++version)
    done = execute(std::string(migrations[static_cast<std::size_t>(version)]) +
                   fmt::format("; PRAGMA user_version = {}", version + 1));
  const Status ended = execute(done ? "COMMIT" : "ROLLBACK");
  return done ? ended : done;
}

Result<int> Database::step(std::string_view sql, const std::vector<Parameter>& parameters) {
  const Statement statement = prepare(handle_, sql, parameters);
  if (!statement || sqlite3_step(statement.get()) != SQLITE_DONE) return failure("cannot write");
  return sqlite3_changes(handle_);
}

Result<int> Database::change(std::string_view sql, const std::vector<Parameter>& parameters) {
  const std::lock_guard lock(mutex_);
  return step(sql, parameters);
}

Status Database::change_all(const std::vector<Command>& commands) {
  const std::lock_guard lock(mutex_);
  DEPLOYCTL_CHECK(execute("BEGIN IMMEDIATE"));
  Status done;
  for (const Command& command : commands) {
    const auto stepped = step(command.sql, command.parameters);
    if (!stepped) done = fail(stepped.error());
    if (!done) break;
  }
  const Status ended = execute(done ? "COMMIT" : "ROLLBACK");
  return done ? ended : done;
}

Status Database::query(std::string_view sql, const std::vector<Parameter>& parameters,
                       const std::function<Status(const Row&)>& visit) {
  const std::lock_guard lock(mutex_);
  const Statement statement = prepare(handle_, sql, parameters);
  if (!statement) return failure("cannot read");
  int code = 0;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) DEPLOYCTL_CHECK(visit(Row(statement.get())));
  if (code != SQLITE_DONE) return failure("cannot read");
  return {};
}

} // namespace deployctl::state
