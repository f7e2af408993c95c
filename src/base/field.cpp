#include <deployctl/field.hpp>

#include <utility>

namespace deployctl {

FieldList::FieldList(std::vector<Field> rows)
    : rows_(std::make_shared<const std::vector<Field>>(std::move(rows))) {}

FieldList::FieldList(std::initializer_list<Field> rows) : FieldList(std::vector<Field>(rows)) {}

FieldList::operator const std::vector<Field>&() const {
  return rows();
}

const std::vector<Field>& FieldList::rows() const {
  static const std::vector<Field> none;
  return rows_ ? *rows_ : none;
}

bool FieldList::empty() const {
  return rows().empty();
}

std::size_t FieldList::size() const {
  return rows().size();
}

const Field& FieldList::front() const {
  return rows().front();
}

std::vector<Field>::const_iterator FieldList::begin() const {
  return rows().begin();
}

std::vector<Field>::const_iterator FieldList::end() const {
  return rows().end();
}

} // namespace deployctl
