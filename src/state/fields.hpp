// Strict reading of the maps that our own files hold: every field is there with its type, and no other. Says
// the first mistake with its name. For codecs of this layer; inputs of actions use Table<T>.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::state {

class Fields {
public:
  // `what` names the document in messages: "cell", "release step 'api'".
  Fields(const Value& value, std::string what);

  Fields& read(std::string_view name, std::string& out);
  Fields& read(std::string_view name, std::int64_t& out);
  Fields& read(std::string_view name, int& out);
  Fields& read(std::string_view name, bool& out);
  Fields& read(std::string_view name, Value& out); // of any type
  Fields& read(std::string_view name, std::vector<std::string>& out);
  // One of `names`, by position.
  Fields& read(std::string_view name, std::size_t& out, const std::vector<std::string_view>& names);
  // Each element of a list through `decode`.
  template <class T, class Decode>
  Fields& read_each(std::string_view name, std::vector<T>& out, Decode decode) {
    const Value* found = take(name);
    if (!found) return *this;
    if (!found->list()) return mistake(name, "a list");
    for (const Value& item : *found->list()) {
      Result<T> decoded = decode(item);
      if (!decoded) return keep(std::move(decoded).error());
      out.push_back(*std::move(decoded));
    }
    return *this;
  }

  // Error when a field was missing, wrong, or not asked for.
  [[nodiscard]] Status finish();

private:
  const Value* take(std::string_view name); // nullptr after a mistake, too
  Fields& mistake(std::string_view name, std::string_view wanted);
  Fields& keep(Error error);

  const Value& value_;
  std::string what_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Error> error_;
};

// Refuses documents of a newer format before their fields are looked at.
Status check_format(const Value& value, std::string_view what, int newest);

// Decimal digits and nothing else; numbers beyond what JSON readers keep exactly are stored as text.
Result<std::uint64_t> parse_unsigned(std::string_view text, std::string_view what);

// Of a list of text.
Value to_list(const std::vector<std::string>& items);

} // namespace deployctl::state
