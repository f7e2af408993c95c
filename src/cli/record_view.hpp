// What stands at a path ("ref.step") of a record that some version of deployctl wrote. What is missing or of
// another type is empty: such a record is still worth showing. Not for what acts upon records; the engine
// decodes them strictly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/value.hpp>

namespace deployctl::cli {

class RecordView {
public:
  explicit RecordView(const Value& record) : record_(record) {}

  [[nodiscard]] const Value* find(std::string_view path) const { return record_.find_path(path); }
  [[nodiscard]] std::string text(std::string_view path) const;
  [[nodiscard]] std::int64_t number(std::string_view path) const;
  [[nodiscard]] bool flag(std::string_view path) const;
  [[nodiscard]] const Value::List& list(std::string_view path) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view path) const;

private:
  const Value& record_;
};

} // namespace deployctl::cli
