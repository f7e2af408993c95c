// One SQLite file: opened, migrated, asked. The one wrapper of SQLite; what the tables mean is history.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <deployctl/result.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace deployctl::state {

using Parameter = std::variant<std::nullptr_t, std::int64_t, std::string>; // for ?1, ?2, … in order

struct Command {
  std::string sql;
  std::vector<Parameter> parameters;
};

// The current row of a query, by column from 0. Valid during the visit only.
class Row {
public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

private:
  sqlite3_stmt* statement_;
};

// Thread-safe: one call at a time.
class Database {
public:
  // WAL, synchronous=FULL: what a call wrote is on disk when it returns. `migrations[i]` brings the schema
  // from version i to i + 1, in one transaction each. Cause::config when the file is of a newer version or no
  // database.
  static Result<std::unique_ptr<Database>> open(const std::string& path,
                                                std::span<const std::string_view> migrations);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // The number of rows that changed. Cause::conflict when a constraint or another process's lock forbids it.
  Result<int> change(std::string_view sql, const std::vector<Parameter>& parameters);
  // Several changes, all or none.
  Status change_all(const std::vector<Command>& commands);
  // Each row in turn, until `visit` fails.
  Status query(std::string_view sql, const std::vector<Parameter>& parameters,
               const std::function<Status(const Row&)>& visit);

private:
  explicit Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  Status migrate(std::span<const std::string_view> migrations);
  Result<int> step(std::string_view sql, const std::vector<Parameter>& parameters);
  Status execute(const std::string& sql); // several statements, no parameters
  [[nodiscard]] tl::unexpected<Error> failure(std::string_view doing) const;

  std::mutex mutex_;
  sqlite3* handle_; // guarded by mutex_
  std::string path_;
};

} // namespace deployctl::state
