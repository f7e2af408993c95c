// Value to types by the tables of codec.hpp: every member must be there, nothing else may be, and the first
// mistake is named with its path ("'content.steps.0.kind' is "x", expected one of its known names",
// Cause::config).
#pragma once

#include <limits>

#include <deployctl/result.hpp>

#include "plan/codec.hpp"

namespace deployctl::plan {

// Reads one value and keeps the path it is at.
class Decoder {
public:
  Status read(bool& out, const Value& in) { return scalar(out, in, "true or false"); }
  Status read(std::int64_t& out, const Value& in) { return scalar(out, in, "a whole number"); }
  Status read(std::string& out, const Value& in) { return scalar(out, in, "text"); }
  Status read(Unknown& out, const Value& in) { return scalar(out, in, "an unknown"); }
  Status read(int& out, const Value& in);
  Status read(std::size_t& out, const Value& in);
  Status read(Milliseconds& out, const Value& in);
  Status read(Value& out, const Value& in) {
    out = in;
    return {};
  }

  template <Named T>
  Status read(T& out, const Value& in) {
    const auto& names = Names<T>::list;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (in.text() && *in.text() == names.at(i)) {
        out = static_cast<T>(i);
        return {};
      }
    return wrong(in, "one of its known names");
  }

  template <class T>
  Status read(std::optional<T>& out, const Value& in) {
    if (in.is_null()) return {};
    return read(out.emplace(), in);
  }

  template <class T>
  Status read(std::vector<T>& out, const Value& in) {
    if (!in.list()) return wrong(in, "a list");
    out.reserve(in.list()->size());
    for (const Value& item : *in.list()) {
      const Step step(*this, std::to_string(out.size()));
      DEPLOYCTL_CHECK(read(out.emplace_back(), item));
    }
    return {};
  }

  template <Described T>
  Status read(T& out, const Value& in) {
    if (!in.map()) return wrong(in, "a map");
    std::size_t found = 0;
    Status status;
    const auto read_one = [&](const auto& each) {
      const Step step(*this, each.name);
      const Value* value = in.find(each.name);
      found += value ? 1 : 0;
      status = value ? read(out.*each.pointer, *value) : missing();
      return status.has_value();
    };
    std::apply([&](const auto&... each) { return (read_one(each) && ...); }, Members<T>::list);
    if (!status || found == in.map()->size()) return status;
    return unknown_key(in, [](std::string_view key) {
      return std::apply([&](const auto&... each) { return ((each.name == key) || ...); }, Members<T>::list);
    });
  }

private:
  class Step { // one part of the path, for as long as it is read
  public:
    Step(Decoder& decoder, std::string_view part) : decoder_(decoder) { decoder_.path_.emplace_back(part); }
    ~Step() { decoder_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

  private:
    Decoder& decoder_;
  };

  template <class T>
  Status scalar(T& out, const Value& in, std::string_view wanted) {
    const T* found = in.get<T>();
    if (!found) return wrong(in, wanted);
    out = *found;
    return {};
  }

  [[nodiscard]] std::string where() const;
  [[nodiscard]] Status wrong(const Value& in, std::string_view wanted) const;
  [[nodiscard]] Status missing() const;
  [[nodiscard]] Status unknown_key(const Value& map, bool (*known)(std::string_view)) const;

  std::vector<std::string> path_;
};

template <class T>
Result<T> decode(const Value& value) {
  T out;
  DEPLOYCTL_CHECK(Decoder().read(out, value));
  return out;
}

} // namespace deployctl::plan
