#include <deployctl/input.hpp>

#include <limits>

namespace deployctl {
namespace {

tl::unexpected<Error> not_a(std::string_view wanted, const Value& value) {
  std::string message = "expected " + std::string(wanted);
  if (const auto* unknown = value.get<Unknown>())
    message += ", but it is known only after step '" + unknown->step + "'";
  else if (const auto* secret = value.get<Secret>())
    message += ", but it is the secret '" + secret->name() + "'";
  return fail(Cause::internal, std::move(message));
}

template <class T>
Status copy_as(T& out, const Value& value, std::string_view wanted) {
  const T* held = value.get<T>();
  if (!held) return not_a(wanted, value);
  out = *held;
  return {};
}

} // namespace

Status decode_into(bool& out, const Value& value) {
  return copy_as(out, value, "true or false");
}
Status decode_into(std::int64_t& out, const Value& value) {
  return copy_as(out, value, "a whole number");
}
Status decode_into(std::string& out, const Value& value) {
  return copy_as(out, value, "text");
}

Status decode_into(int& out, const Value& value) {
  const auto* held = value.get<std::int64_t>();
  if (!held) return not_a("a whole number", value);
  if (*held < std::numeric_limits<int>::min() || *held > std::numeric_limits<int>::max())
    return fail(Cause::internal, std::to_string(*held) + " does not fit 32 bits");
  out = static_cast<int>(*held);
  return {};
}

Status decode_into(double& out, const Value& value) {
  if (const auto* whole = value.get<std::int64_t>()) {
    out = static_cast<double>(*whole);
    return {};
  }
  return copy_as(out, value, "a number");
}

Status decode_into(Milliseconds& out, const Value& value) {
  if (!value.text()) return not_a("a duration", value);
  DEPLOYCTL_TRY(out, parse_duration(*value.text()));
  return {};
}

Status decode_into(Bytes& out, const Value& value) {
  if (!value.text()) return not_a("a size", value);
  DEPLOYCTL_TRY(out.count, parse_size(*value.text()));
  return {};
}

Status decode_into(Text& out, const Value& value) {
  if (const auto* secret = value.get<Secret>()) {
    out = Text(*secret);
    return {};
  }
  if (!value.text()) return not_a("text or a secret", value);
  out = Text(*value.text());
  return {};
}

Status decode_into(Value& out, const Value& value) {
  out = value;
  return {};
}

} // namespace deployctl
