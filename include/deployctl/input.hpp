// Table<T>: the field table of an action and the decoder of its inputs, written once by the provider's
// author.
//   Table<ExecRun>()
//     .add(&ExecRun::command, {.name = "command", .type = FieldType::argv, .help = "...", .required = true})
//     .object(&ExecRun::retry, {.name = "retry", .help = "..."}, retry_table())
// decode() runs on validated inputs: an error from it is a bug or a value that is still unknown.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/result.hpp>
#include <deployctl/text.hpp>
#include <deployctl/units.hpp>

namespace deployctl {

struct Bytes {
  std::uint64_t count = 0;
};

Status decode_into(bool& out, const Value& value);
Status decode_into(int& out, const Value& value);
Status decode_into(std::int64_t& out, const Value& value);
Status decode_into(double& out, const Value& value);
Status decode_into(std::string& out, const Value& value);
Status decode_into(Milliseconds& out, const Value& value);
Status decode_into(Bytes& out, const Value& value);
Status decode_into(Text& out, const Value& value);
Status decode_into(Value& out, const Value& value);

template <class T>
Status decode_into(std::optional<T>& out, const Value& value) {
  return decode_into(out.emplace(), value);
}

template <class T>
Status decode_into(std::vector<T>& out, const Value& value) {
  if (!value.list()) return fail(Cause::internal, "expected a list");
  for (const Value& item : *value.list()) DEPLOYCTL_CHECK(decode_into(out.emplace_back(), item));
  return {};
}

template <class T>
Status decode_into(std::map<std::string, T>& out, const Value& value) {
  if (!value.map()) return fail(Cause::internal, "expected a map");
  for (const auto& [key, item] : *value.map()) DEPLOYCTL_CHECK(decode_into(out[key], item));
  return {};
}

template <class T>
class Table {
public:
  using Decoder = std::function<Status(T&, const Value&)>;

  template <class M>
  Table& add(M T::*member, Field field) {
    return push(std::move(field),
                [member](T& out, const Value& value) { return decode_into(out.*member, value); });
  }

  template <class N>
  Table& object(N T::*member, Field field, const Table<N>& nested) {
    field.type = FieldType::object;
    field.fields = nested.fields();
    return push(std::move(field),
                [member, nested](T& out, const Value& value) { return nested.into(out.*member, value); });
  }

  template <class N>
  Table& object(std::optional<N> T::*member, Field field, const Table<N>& nested) {
    field.type = FieldType::object;
    field.fields = nested.fields();
    return push(std::move(field), [member, nested](T& out, const Value& value) {
      return nested.into((out.*member).emplace(), value);
    });
  }

  template <class N>
  Table& objects(std::vector<N> T::*member, Field field, const Table<N>& nested) {
    field.type = FieldType::list;
    field.element = {
        Field{.name = field.name, .type = FieldType::object, .help = field.help, .fields = nested.fields()}};
    return push(std::move(field), [member, nested](T& out, const Value& value) -> Status {
      if (!value.list()) return fail(Cause::internal, "expected a list");
      for (const Value& item : *value.list())
        DEPLOYCTL_CHECK(nested.into((out.*member).emplace_back(), item));
      return {};
    });
  }

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

  [[nodiscard]] Result<T> decode(const Value& value) const {
    T out;
    DEPLOYCTL_CHECK(into(out, value));
    return out;
  }

  [[nodiscard]] Status into(T& out, const Value& value) const {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const Value* found = value.find(fields_[i].name);
      if ((!found || found->is_null()) && fields_[i].fallback) found = &*fields_[i].fallback;
      if (!found || found->is_null()) continue;
      if (auto decoded = decoders_[i](out, *found); !decoded)
        return fail(std::move(decoded).error().in("while decoding '" + fields_[i].name + "'"));
    }
    return {};
  }

private:
  Table& push(Field field, Decoder decoder) {
    fields_.push_back(std::move(field));
    decoders_.push_back(std::move(decoder));
    return *this;
  }

  std::vector<Field> fields_;
  std::vector<Decoder> decoders_;
};

} // namespace deployctl
