#include "policy/lint/pipeline_rules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "policy/lint/file_kinds.hpp"
#include "policy/lint/levels.hpp"
#include "policy/lint/production_rules.hpp"
#include "policy/lint/published_ports.hpp"
#include "policy/lint/release_data.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// What the rules look at in the inputs of an action.
struct ActionRow {
  std::string_view action;
  std::array<std::string_view, 2> variables; // maps of environment variables
  std::string_view image;                    // that is run, checked or taken from
  std::array<std::string_view, 2> serves;    // one of these written: afterwards something answers
};
constexpr std::array actions = {
    ActionRow{"exec.run", {"env"}, "", {}},
    ActionRow{"host.run", {"env"}, "", {}},
    ActionRow{"host.release", {"env", "systemd.service.env"}, "", {"systemd", "reload"}},
    ActionRow{"image.check", {}, "image", {}},
    ActionRow{"image.tag", {}, "image", {}},
    ActionRow{"image.promote", {}, "from", {}},
};

Findings::Place place_of(const yaml::Node& node) {
  return {node.span.begin, std::max(node.span.begin + 1, node.span.end)};
}

std::string text_of(const yaml::Node* node) {
  return node && node->is_scalar() ? node->text : std::string();
}

const yaml::Node* at_path(const yaml::Node* node, std::string_view path) {
  for (const std::string_view part : split(path, '.')) {
    if (!node) return nullptr;
    node = node->find(part);
  }
  return node;
}

bool lists(const yaml::Node* list, std::string_view word) {
  return !list || std::any_of(list->items.begin(), list->items.end(),
                              [&](const yaml::Node& each) { return each.text == word; });
}

// A step as one environment has it: what it writes itself, and below that the top level.
class StepView {
public:
  StepView(const yaml::Entry& step, const yaml::Node* environment)
      : step_(step), own_(environment ? at_path(environment->find("steps"), step.key) : nullptr) {}

  [[nodiscard]] const yaml::Node* find(std::string_view path) const {
    if (const yaml::Node* own = own_ ? at_path(own_, path) : nullptr) return own->is_null() ? nullptr : own;
    return at_path(&step_.value, path);
  }

private:
  const yaml::Entry& step_;
  const yaml::Node* own_;
};

class StepCheck {
public:
  StepCheck(const yaml::Entry& step, const yaml::Node* environment, const ActionRow& row, Findings& findings)
      : step_(step), view_(step, environment), row_(row), findings_(findings) {}

  void run() {
    for (const std::string_view field : row_.variables)
      if (!field.empty()) variables(view_.find("with." + std::string(field)));
    image();
    health();
    ports();
  }

private:
  void variables(const yaml::Node* map) {
    if (!map) return;
    for (const yaml::Entry& entry : map->entries)
      if (entry.value.is_scalar())
        check_production_variable(entry.key, entry.value.text, place_of(entry.value), findings_);
  }

  void image() {
    const yaml::Node* image = row_.image.empty() ? nullptr : view_.find("with." + std::string(row_.image));
    if (!image || !image->is_scalar() || image->text.find("${") != npos ||
        image->text.find("@sha256:") != npos)
      return;
    findings_.add(
        code::image_without_digest, place_of(*image),
        fmt::format("step '{}' takes '{}', which may be another image tomorrow", step_.key, image->text),
        "write its digest behind it: name:tag@sha256:…");
  }

  void health() {
    const bool serves = std::any_of(row_.serves.begin(), row_.serves.end(), [&](std::string_view field) {
      return !field.empty() && view_.find("with." + std::string(field));
    });
    if (!serves || view_.find("with.health") || view_.find("gates")) return;
    findings_.add(
        code::no_health_check, {step_.key_span.begin, step_.key_span.end},
        fmt::format("nobody can tell whether what step '{}' starts is well", step_.key),
        "write 'health', or a gate: then a broken release is taken back before it is live everywhere");
  }

  void ports() {
    if (const yaml::Node* command = view_.find("with.command")) {
      std::vector<std::string> words;
      for (const yaml::Node& word : command->items) words.push_back(word.text);
      published(words, *command);
    } else if (const yaml::Node* script = view_.find("with.script")) {
      const std::string line = replace_all(script->text, "\n", " ");
      std::vector<std::string> words;
      for (const std::string_view word : split(line, ' '))
        if (!word.empty()) words.emplace_back(word);
      published(words, *script);
    }
  }

  void published(const std::vector<std::string>& words, const yaml::Node& place) {
    for (const std::string& each : published_by(words)) {
      const PublishedPort port = PublishedPort::parse(each);
      if (!port.opens_a_store()) continue;
      findings_.add(
          code::exposed_port, place_of(place),
          fmt::format("step '{}' opens port {} to every network of the host", step_.key, port.inner),
          fmt::format("for this machine write 127.0.0.1:{}:{}", port.inner, port.inner));
    }
  }

  const yaml::Entry& step_;
  StepView view_;
  const ActionRow& row_;
  Findings& findings_;
};

bool is_production(const yaml::Entry& environment) {
  return is_for_production(environment.key) || text_of(environment.value.find("protected")) == "true";
}

void check_environment(const yaml::Node& steps, const yaml::Entry& environment, Findings& findings) {
  for (const yaml::Entry& step : steps.entries) {
    const StepView view(step, &environment.value);
    if (!lists(view.find("environments"), environment.key)) continue;
    const std::string action = text_of(view.find("uses"));
    const auto* row = std::find_if(actions.begin(), actions.end(),
                                   [&](const ActionRow& each) { return each.action == action; });
    if (row != actions.end()) StepCheck(step, &environment.value, *row, findings).run();
  }
  if (const yaml::Node* vars = environment.value.find("vars"))
    for (const yaml::Entry& entry : vars->entries)
      if (entry.value.is_scalar())
        check_production_variable(entry.key, entry.value.text, place_of(entry.value), findings);
}

} // namespace

void check_pipeline(const yaml::Node& pipeline, Findings& findings) {
  check_policy(pipeline, findings);
  const yaml::Node* steps = pipeline.find("steps");
  if (!steps) return;
  check_release_data(*steps, findings);
  const yaml::Node* environments = pipeline.find("environments");
  if (!environments) return;
  for (const yaml::Entry& environment : environments->entries)
    if (is_production(environment)) check_environment(*steps, environment, findings);
}

} // namespace deployctl::policy::lint
