#include "config/needs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "base/strings.hpp"

namespace deployctl::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t longest_shown = 120;

enum class Where { acting, ssh, here, registry };

struct Permission {
  Where where = Where::acting;
  std::string_view words;
};

Permission read_permission(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Where>, 3> places = {
      {{"ssh: ", Where::ssh}, {"here: ", Where::here}, {"registry: ", Where::registry}}};
  for (const auto& [word, where] : places)
    if (text.starts_with(word)) return {where, text.substr(word.size())};
  return {Where::acting, text};
}

std::string shown(const Value& value);

std::string shown_list(const Value::List& list) {
  std::vector<std::string> words;
  for (const Value& word : list) words.push_back(shown(word));
  return join(words, " ");
}

// An input on one line, without what is not known or not for showing.
std::string shown(const Value& value) {
  if (const auto* unknown = value.get<Unknown>()) return "(known after " + unknown->step + ")";
  if (const auto* secret = value.get<Secret>()) return "${secrets." + secret->name() + "}";
  if (value.list()) return shown_list(*value.list());
  if (!value.text()) return to_json(value, JsonMode::plain);
  const std::string_view line = trim(*value.text());
  const std::size_t end = std::min(line.find('\n'), longest_shown);
  return end < line.size() ? std::string(line.substr(0, end)) + " …" : std::string(line);
}

// None: an input that it speaks about is not written.
std::optional<std::string> filled_in(std::string_view words, const Value& inputs) {
  std::string out;
  while (true) {
    const std::size_t open = words.find('`');
    out += words.substr(0, open);
    if (open == npos) return out;
    const std::size_t close = words.find('`', open + 1);
    if (close == npos) return std::nullopt;
    const Value* input = inputs.find_path(words.substr(open + 1, close - open - 1));
    if (!input || input->is_null()) return std::nullopt;
    out += shown(*input);
    words = words.substr(close + 1);
  }
}

std::string login_of(const Host& host) {
  return host.user.empty() ? host.name : host.user + "@" + host.name;
}

class Collection {
public:
  explicit Collection(const Catalog& catalog) : catalog_(catalog) {}

  void add_step(const Step& step) {
    add(step.id, step.action, step.inputs, step.hosts);
    for (const GateUse& gate : step.gates) add(step.id, gate.action, gate.inputs, {});
  }

  std::vector<Need> take() { return std::move(needs_); }

private:
  void add(const std::string& step, const std::string& action, const Value& inputs,
           const std::vector<Host>& hosts) {
    const Provider* provider = find_provider(catalog_, action);
    if (!provider) return;
    for (const std::string& text : provider->description.permissions) {
      const Permission permission = read_permission(text);
      std::optional<std::string> what = filled_in(permission.words, inputs);
      if (what) place(permission.where, {.host = {}, .what = *std::move(what), .step = step}, hosts);
    }
  }

  void place(Where where, Need need, const std::vector<Host>& hosts) {
    const bool on_hosts = where == Where::ssh || (where == Where::acting && !hosts.empty());
    if (!on_hosts) {
      need.place = where == Where::registry ? Need::Place::registry : Need::Place::here;
      needs_.push_back(std::move(need));
      return;
    }
    for (const Host& host : hosts) {
      if (host.is_local() && where == Where::ssh) continue;
      Need own = need;
      own.place = host.is_local() ? Need::Place::here : Need::Place::host;
      if (!host.is_local()) own.host = login_of(host);
      needs_.push_back(std::move(own));
    }
  }

  const Catalog& catalog_;
  std::vector<Need> needs_;
};

} // namespace

std::vector<Need> needs_of(const Pipeline& pipeline, const Catalog& catalog) {
  Collection all(catalog);
  for (const Step& step : pipeline.steps) all.add_step(step);
  for (const Step& step : pipeline.finally) all.add_step(step);
  return all.take();
}

} // namespace deployctl::config
