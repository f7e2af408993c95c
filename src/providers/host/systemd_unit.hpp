// A systemd service unit as a value: what host.release is asked for, the text that it becomes, and that text
// read back into directives, to tell what differs. Pure. How systemd is told is service_scripts.hpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/input.hpp>

namespace deployctl::providers::host {

// The part of a unit that deployctl writes. Every value arrives in the program literally, whatever it holds.
struct Service {
  std::vector<std::string> exec; // the first word is absolute, or "./" in the release
  std::string description;
  std::string user;
  std::string group;
  std::string type;
  std::string restart;
  std::string reload_signal; // "HUP"; empty: it cannot reload
  std::optional<Milliseconds> stop_timeout;
  std::vector<std::string> after;
  std::vector<std::string> environment_files;
  std::map<std::string, std::string> env;
  std::map<std::string, std::string> directives; // "Service.MemoryMax": verbatim
};

struct Systemd {
  std::string unit;
  std::string action; // "restart", "reload", "auto"
  std::string scope;  // "system", "user"
  bool sudo = false;
  std::optional<Service> service; // none: the unit is somebody else's
};

Table<Systemd> systemd_table();

// Of a unit that runs from the release folder `root`.
std::string unit_text(const Systemd& systemd, const std::string& root);
// Where that text stands; "~/" is the login's home.
std::string unit_file(const Systemd& systemd);

// "Service.ExecStart" -> its values, one a line. What is no directive is left out.
std::map<std::string, std::string> directives_of(std::string_view text);
// By directive; "systemd.service" alone where only comments or order differ.
std::vector<FieldChange> unit_changes(const std::string& before, const std::string& after);

struct UnitProblem {
  std::string path; // below `systemd`
  std::string message;
  std::string help;
};
// Values as written: `systemd` of the inputs.
std::vector<UnitProblem> check_unit(const Value& systemd);

} // namespace deployctl::providers::host
