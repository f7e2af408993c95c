#include "cli/console.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "ui/diagnostic_text.hpp"
#include "ui/error_text.hpp"
#include "ui/value_text.hpp"

namespace deployctl::cli {
namespace {

std::string_view name_of(ExitCode code) {
  const auto found = std::find_if(exit_codes.begin(), exit_codes.end(),
                                  [&](const ExitCodeRow& row) { return row.code == code; });
  return found == exit_codes.end() ? std::string_view() : found->name;
}

} // namespace

void Console::configure(const Options& options, const os::Terminal& terminal) {
  format_ = options.output;
  quiet_ = options.quiet;
  out_style_ = {.colour = terminal.out.may_colour, .width = terminal.out.width};
  err_style_ = {.colour = terminal.err.may_colour, .width = terminal.err.width};
}

void Console::write(ui::Writer& writer, std::string_view text) {
  writer.write(redactions_.redact(text));
}

void Console::answer(std::string_view text, const Value& document) {
  if (is_text() && !quiet_) write(out_, text);
  join(document);
}

void Console::answer_failure(std::string_view text, const Value& document) {
  write(err_, text);
  join(document);
}

void Console::join(const Value& document) {
  if (const Value::Map* members = document.map())
    for (const auto& [name, value] : *members) document_[name] = ui::presentable(value);
}

void Console::note(std::string_view text) {
  if (!quiet_) write(err_, text);
}

void Console::report(const Error& error) {
  write(err_, ui::error_text(error, err_style_));
  document_["error"] = ui::error_value(error);
}

void Console::report(const std::vector<Source>& sources, const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return;
  write(err_, ui::diagnostics_text(sources, diagnostics, err_style_));
  document_["diagnostics"] = ui::diagnostics_value(sources, diagnostics);
  if (tell_) tell_(*document_.find("diagnostics"));
}

void Console::conclude(ExitCode code) {
  document_["exit_code"] = static_cast<int>(code);
  document_["exit_reason"] = name_of(code);
}

void Console::finish() {
  if (format_ == OutputFormat::json) write(out_, to_pretty_json(document_, JsonMode::plain));
}

} // namespace deployctl::cli
