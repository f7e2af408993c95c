#include "plan/decoder.hpp"

#include "base/json.hpp"
#include "base/strings.hpp"

namespace deployctl::plan {
namespace {

constexpr std::size_t shown_value = 60; // bytes of a wrong value that an error quotes

std::string shortened(const Value& value) {
  std::string text = to_json(value);
  if (text.size() > shown_value) text = text.substr(0, shown_value) + "...";
  return text;
}

} // namespace

Status Decoder::read(int& out, const Value& in) {
  std::int64_t wide = 0;
  DEPLOYCTL_CHECK(read(wide, in));
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max())
    return wrong(in, "a number of 32 bits");
  out = static_cast<int>(wide);
  return {};
}

Status Decoder::read(std::size_t& out, const Value& in) {
  std::int64_t wide = 0;
  DEPLOYCTL_CHECK(read(wide, in));
  if (wide < 0) return wrong(in, "a number not below 0");
  out = static_cast<std::size_t>(wide);
  return {};
}

Status Decoder::read(Milliseconds& out, const Value& in) {
  std::int64_t wide = 0;
  DEPLOYCTL_CHECK(read(wide, in));
  if (wide < 0) return wrong(in, "milliseconds, not below 0");
  out = Milliseconds(wide);
  return {};
}

std::string Decoder::where() const {
  return path_.empty() ? "the whole" : "'" + join(path_, ".") + "'";
}

Status Decoder::wrong(const Value& in, std::string_view wanted) const {
  return fail(Cause::config, where() + " is " + shortened(in) + ", expected " + std::string(wanted));
}

Status Decoder::missing() const {
  return fail(Cause::config, where() + " is missing");
}

Status Decoder::unknown_key(const Value& map, bool (*known)(std::string_view)) const {
  for (const auto& [key, value] : *map.map())
    if (!known(key)) return fail(Cause::config, "unknown field '" + key + "' in " + where());
  return {};
}

} // namespace deployctl::plan
