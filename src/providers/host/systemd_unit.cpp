#include "providers/host/systemd_unit.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::providers::host {
namespace {

constexpr std::array<std::string_view, 3> sections = {"Unit", "Service", "Install"};

// A word of a command line, or an assignment: quoted so that systemd hands it on as it is. In command lines
// '$' begins a variable.
std::string unit_word(std::string_view word, bool in_command) {
  std::string text;
  bool plain = !word.empty();
  for (const char byte : word) {
    if (byte == '\\' || byte == '"') text += '\\';
    if (byte == '%' || (byte == '$' && in_command)) text += byte;
    if (byte == '\t') {
      text += "\\t";
      plain = false;
      continue;
    }
    text += byte;
    plain = plain && (is_letter_or_digit(byte) ||
                      std::string_view("_-./:=,@+%$").find(byte) != std::string_view::npos);
  }
  return plain ? text : '"' + text + '"';
}

// Free text in one line: only specifiers mean anything there.
std::string plain_text(std::string_view text) {
  return replace_all(text, "%", "%%");
}

std::string command_line(const std::vector<std::string>& exec, const std::string& root) {
  std::vector<std::string> words;
  words.reserve(exec.size());
  for (const std::string& word : exec) words.push_back(unit_word(word, true));
  if (!exec.empty() && exec.front().starts_with("./"))
    words.front() = unit_word(root + "/current" + exec.front().substr(1), true);
  return join(words, " ");
}

class UnitWriter {
public:
  void section(std::string_view name) {
    text_ += fmt::format("\n[{}]\n", name);
    section_ = name;
  }
  void set(std::string_view name, const std::string& value) {
    if (!value.empty()) text_ += fmt::format("{}={}\n", name, value);
  }
  // The user's own directives of this section.
  void rest(const std::map<std::string, std::string>& directives) {
    for (const auto& [name, value] : directives)
      if (name.starts_with(section_ + ".")) set(name.substr(section_.size() + 1), value);
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

private:
  std::string text_ = "# Written by deployctl. What is changed here by hand, the next apply takes back.\n";
  std::string section_;
};

void write_service(UnitWriter& unit, const Service& service, const std::string& root) {
  unit.section("Service");
  unit.set("Type", service.type);
  unit.set("WorkingDirectory", plain_text(root + "/current"));
  unit.set("ExecStart", command_line(service.exec, root));
  if (!service.reload_signal.empty())
    unit.set("ExecReload", fmt::format("/bin/kill -{} $MAINPID", service.reload_signal));
  unit.set("User", plain_text(service.user));
  unit.set("Group", plain_text(service.group));
  unit.set("Restart", service.restart);
  if (service.stop_timeout) unit.set("TimeoutStopSec", fmt::format("{}ms", service.stop_timeout->count()));
  for (const std::string& file : service.environment_files) unit.set("EnvironmentFile", plain_text(file));
  for (const auto& [name, value] : service.env)
    unit.set("Environment", unit_word(fmt::format("{}={}", name, value), false));
  unit.rest(service.directives);
}

void check_one_line(const Value& value, const std::string& path, std::vector<UnitProblem>& problems) {
  if (const std::string* text = value.text(); text && text->find_first_of("\r\n") != std::string::npos)
    problems.push_back({path, "a unit's value cannot hold a line break", "write it in one line"});
  if (value.map())
    for (const auto& [name, item] : *value.map())
      check_one_line(item, fmt::format("{}.{}", path, name), problems);
  if (value.list())
    for (const Value& item : *value.list()) check_one_line(item, path, problems);
}

void check_exec(const Value& service, std::vector<UnitProblem>& problems) {
  const Value* exec = service.find("exec");
  if (!exec || !exec->list() || exec->list()->empty() || !exec->list()->front().text()) return;
  const std::string& program = *exec->list()->front().text();
  if (program.starts_with('/') || program.starts_with("./")) return;
  problems.push_back({"service.exec", fmt::format("'{}' is not a program's place", program),
                      "an absolute path, or ./NAME for one in the release"});
}

void check_directives(const Value& service, std::vector<UnitProblem>& problems) {
  const Value* directives = service.find("directives");
  if (!directives || !directives->map()) return;
  for (const auto& [name, value] : *directives->map()) {
    const std::size_t dot = name.find('.');
    const bool known =
        dot != std::string::npos && dot + 1 < name.size() &&
        std::ranges::find(sections, std::string_view(name).substr(0, dot)) != sections.end() &&
        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot) + 1, name.end(), is_letter_or_digit);
    if (!known)
      problems.push_back({"service.directives." + name,
                          fmt::format("'{}' is not a directive of a unit", name),
                          "SECTION.NAME with the section Unit, Service or Install: Service.MemoryMax"});
  }
}

} // namespace

std::string unit_text(const Systemd& systemd, const std::string& root) {
  const Service& service = *systemd.service;
  UnitWriter unit;
  unit.section("Unit");
  unit.set("Description", plain_text(service.description.empty() ? systemd.unit : service.description));
  unit.set("After", join(service.after, " "));
  unit.set("Wants", join(service.after, " "));
  unit.rest(service.directives);
  write_service(unit, service, root);
  unit.section("Install");
  unit.set("WantedBy", systemd.scope == "user" ? "default.target" : "multi-user.target");
  unit.rest(service.directives);
  return std::move(unit).text();
}

std::string unit_file(const Systemd& systemd) {
  return (systemd.scope == "user" ? "~/.config/systemd/user/" : "/etc/systemd/system/") + systemd.unit;
}

std::map<std::string, std::string> directives_of(std::string_view text) {
  std::map<std::string, std::string> directives;
  std::string section;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
    if (line.starts_with('[') && line.ends_with(']')) {
      section = line.substr(1, line.size() - 2);
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    std::string& values = directives[section + "." + std::string(trim(line.substr(0, equals)))];
    if (!values.empty()) values += '\n';
    values += trim(line.substr(equals + 1));
  }
  return directives;
}

std::vector<FieldChange> unit_changes(const std::string& before, const std::string& after) {
  if (before == after) return {};
  const auto was = directives_of(before);
  const auto will = directives_of(after);
  std::map<std::string, FieldChange> changes;
  for (const auto& [name, value] : was) changes[name].before = value;
  for (const auto& [name, value] : will) changes[name].after = value;
  std::vector<FieldChange> result;
  for (auto& [name, change] : changes) {
    if (change.before == change.after) continue;
    change.path = "systemd.service." + name;
    result.push_back(std::move(change));
  }
  if (result.empty())
    result.push_back(
        {.path = "systemd.service", .before = "other comments or order", .after = "as rendered"});
  return result;
}

std::vector<UnitProblem> check_unit(const Value& systemd) {
  std::vector<UnitProblem> problems;
  const Value* service = systemd.find("service");
  if (!service) return problems;
  check_one_line(*service, "service", problems);
  check_exec(*service, problems);
  check_directives(*service, problems);
  return problems;
}

} // namespace deployctl::providers::host
