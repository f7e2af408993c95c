#include "base/json_walk.hpp"

#include <nlohmann/json.hpp>

namespace deployctl {
namespace {

using nlohmann::json;

class Walker final : public json::json_sax_t {
public:
  Walker(JsonEvents& events, int depth) : events_(events), depth_left_(depth) {}

  bool null() override {
    events_.null();
    return true;
  }
  bool boolean(bool value) override {
    events_.boolean(value);
    return true;
  }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    events_.text(std::move(value));
    return true;
  }
  bool binary(binary_t&) override { return refuse("binary data"); }
  bool key(string_t& value) override {
    events_.key(std::move(value));
    return true;
  }
  bool start_object(std::size_t) override {
    if (!deeper()) return false;
    events_.begin_map();
    return true;
  }
  bool start_array(std::size_t) override {
    if (!deeper()) return false;
    events_.begin_list();
    return true;
  }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse("no JSON at byte " + std::to_string(position == 0 ? 0 : position - 1));
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }

private:
  bool number(double value) {
    events_.number(value);
    return true;
  }
  bool deeper() { return depth_left_-- > 0 || refuse("too many nested levels"); }
  bool end() {
    ++depth_left_;
    events_.end();
    return true;
  }
  bool refuse(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }

  JsonEvents& events_;
  int depth_left_;
  std::string problem_;
};

} // namespace

Status walk_json(std::string_view text, JsonEvents& events, JsonLimits limits) {
  if (text.size() > limits.bytes)
    return fail(Cause::config, "JSON of " + std::to_string(text.size()) + " bytes is over the limit of " +
                                   std::to_string(limits.bytes));
  Walker walker(events, limits.depth);
  if (!json::sax_parse(text.begin(), text.end(), &walker))
    return fail(Cause::config, "the JSON text has " + walker.problem());
  return {};
}

} // namespace deployctl
