#include "cli/record_view.hpp"

namespace deployctl::cli {

std::string RecordView::text(std::string_view path) const {
  const Value* found = find(path);
  return found && found->text() ? *found->text() : std::string();
}

std::int64_t RecordView::number(std::string_view path) const {
  const Value* found = find(path);
  const auto* number = found ? found->get<std::int64_t>() : nullptr;
  return number ? *number : 0;
}

bool RecordView::flag(std::string_view path) const {
  const Value* found = find(path);
  const bool* flag = found ? found->get<bool>() : nullptr;
  return flag && *flag;
}

const Value::List& RecordView::list(std::string_view path) const {
  static const Value::List none;
  const Value* found = find(path);
  return found && found->list() ? *found->list() : none;
}

std::vector<std::string> RecordView::texts(std::string_view path) const {
  std::vector<std::string> out;
  for (const Value& item : list(path))
    if (item.text()) out.push_back(*item.text());
  return out;
}

} // namespace deployctl::cli
