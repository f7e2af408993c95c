#include "base/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "base/utf8.hpp"

namespace deployctl {
namespace {

void write_escaped(std::string& out, char byte) {
  constexpr std::string_view plain_escapes = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  constexpr std::string_view digits = "0123456789abcdef";
  if (const std::size_t found = plain_escapes.find(byte); found != std::string_view::npos) {
    out += '\\';
    out += letters[found];
    return;
  }
  out += "\\u00";
  out += digits[static_cast<unsigned char>(byte) >> 4U];
  out += digits[static_cast<unsigned char>(byte) & 15U];
}

void write_text(std::string& out, std::string_view text) {
  if (invalid_utf8_at(text)) return write_text(out, replace_invalid_utf8(text));
  out += '"';
  for (const char byte : text) {
    if (byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20)
      write_escaped(out, byte);
    else
      out += byte;
  }
  out += '"';
}

// The shortest digits that read back as the same number, and the power of ten of the first one.
struct Shortest {
  std::string digits;
  int exponent = 0;
};

Shortest shortest_digits(double number) {
  std::array<char, 64> buffer{};
  const auto [end, code] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
  if (code != std::errc()) throw std::logic_error("a double did not fit 64 characters");
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t mark = text.find('e');
  Shortest result{.digits = std::string(text.substr(0, 1)),
                  .exponent = std::stoi(std::string(text.substr(mark + 1)))};
  if (mark > 2) result.digits += text.substr(2, mark - 2);
  return result;
}

// ECMAScript's Number::toString, as RFC 8785 section 3.2.2.3 wants.
void write_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  if (number == 0) {
    out += '0';
    return;
  }
  if (number < 0) out += '-';
  const auto [digits, exponent] = shortest_digits(std::fabs(number));
  const int count = static_cast<int>(digits.size());
  if (exponent > 20 || exponent < -6) {
    out.append(digits, 0, 1);
    if (count > 1) out.append(".").append(digits, 1);
    out.append(exponent > 0 ? "e+" : "e").append(std::to_string(exponent));
  } else if (exponent < 0) {
    out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
  } else if (count <= exponent + 1) {
    out.append(digits).append(static_cast<std::size_t>(exponent) + 1 - digits.size(), '0');
  } else {
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    out.append(digits, 0, whole).append(".").append(digits, whole);
  }
}

Value leaf_as_map(const Unknown& unknown) {
  return Value::Map{{"expression", unknown.expression}, {"output", unknown.output}, {"step", unknown.step}};
}

Value leaf_as_map(const Secret& secret) {
  Value::List parts;
  for (const Secret::Part& part : secret.parts())
    parts.push_back(part.name.empty() ? Value::Map{{"literal", part.literal}}
                                      : Value::Map{{"name", part.name}});
  return Value::Map{{"parts", std::move(parts)}, {"version", secret.version()}};
}

class Writer {
public:
  Writer(JsonMode mode, bool pretty) : mode_(mode), pretty_(pretty) {}

  std::string write(const Value& value) {
    any(value);
    if (pretty_) out_ += '\n';
    return std::move(out_);
  }

private:
  void any(const Value& value) {
    if (value.is_null())
      out_ += "null";
    else if (const auto* flag = value.get<bool>())
      out_ += *flag ? "true" : "false";
    else if (const auto* integer = value.get<std::int64_t>())
      out_ += std::to_string(*integer);
    else if (const auto* number = value.get<double>())
      write_number(out_, *number);
    else if (const auto* text = value.text())
      write_text(out_, *text);
    else if (const auto* items = value.list())
      list(*items);
    else if (const auto* members = value.map())
      map(*members);
    else if (const auto* unknown = value.get<Unknown>())
      leaf("$unknown", leaf_as_map(*unknown));
    else if (const auto* secret = value.get<Secret>())
      leaf("$secret", leaf_as_map(*secret));
  }

  void list(const Value::List& items) {
    open('[');
    for (const Value& item : items) {
      separate();
      any(item);
    }
    close(']');
  }

  void map(const Value::Map& members) {
    open('{');
    for (const auto& [key, item] : members)
      member(mode_ == JsonMode::contract && key.starts_with('$') ? "$" + key : key, item);
    close('}');
  }

  void leaf(const std::string& name, const Value& content) {
    if (mode_ == JsonMode::plain) throw std::logic_error("a value with " + name + " has no plain JSON form");
    open('{');
    member(name, content);
    close('}');
  }

  void member(const std::string& key, const Value& item) {
    separate();
    write_text(out_, key);
    out_ += pretty_ ? ": " : ":";
    any(item);
  }

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }

  void close(char bracket) {
    --depth_;
    if (!first_) new_line();
    first_ = false;
    out_ += bracket;
  }

  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
    new_line();
  }

  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  JsonMode mode_;
  bool pretty_;
  std::string out_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

} // namespace

std::string to_json(const Value& value, JsonMode mode) {
  return Writer(mode, false).write(value);
}

std::string to_pretty_json(const Value& value, JsonMode mode) {
  return Writer(mode, true).write(value);
}

std::string quote_json(std::string_view text) {
  std::string out;
  write_text(out, text);
  return out;
}

} // namespace deployctl
