// The way out of every command: results on standard output, everything else on standard error, and with
// `--output json` exactly one document, printed once at the end. Everything passes the redactor first.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>
#include <deployctl/error.hpp>
#include <deployctl/value.hpp>

#include "base/redactor.hpp"
#include "base/source.hpp"
#include "cli/exit_codes.hpp"
#include "cli/options.hpp"
#include "ui/style.hpp"
#include "ui/writer.hpp"

namespace deployctl::cli {

class Console {
public:
  Console(ui::Writer& out, ui::Writer& err, const RedactionSet& redactions)
      : out_(out), err_(err), redactions_(redactions) {}

  // Before this, text without colour is assumed.
  void configure(const Options& options, const os::Terminal& terminal);

  // The command's answer: `text` for people, at once, or `document` (a map) for programs, at the end. Several
  // answers of one command are joined.
  void answer(std::string_view text, const Value& document);
  // The same for a command that failed: the text goes to standard error, also with --quiet.
  void answer_failure(std::string_view text, const Value& document);
  void note(std::string_view text); // standard error; nothing with --quiet
  void report(const Error& error);  // standard error, and into the document
  void report(const std::vector<Source>& sources, const std::vector<Diagnostic>& diagnostics);
  // Also told of every report of diagnostics (as ui::diagnostics_value).
  void on_diagnostics(std::function<void(const Value&)> tell) { tell_ = std::move(tell); }
  // Completes the document by the exit code.
  void conclude(ExitCode code);
  // Prints the document when one is wanted. Call once.
  void finish();

  [[nodiscard]] const ui::Style& out_style() const { return out_style_; }
  [[nodiscard]] const ui::Style& err_style() const { return err_style_; }
  [[nodiscard]] bool is_text() const { return format_ == OutputFormat::text; }
  [[nodiscard]] const Value& document() const { return document_; }
  [[nodiscard]] ui::Writer& out() { return out_; }
  [[nodiscard]] ui::Writer& err() { return err_; }

private:
  void join(const Value& document);
  void write(ui::Writer& writer, std::string_view text);

  ui::Writer& out_;
  ui::Writer& err_;
  const RedactionSet& redactions_;
  OutputFormat format_ = OutputFormat::text;
  bool quiet_ = false;
  ui::Style out_style_;
  ui::Style err_style_;
  Value document_ = Value::Map{};
  std::function<void(const Value&)> tell_;
};

} // namespace deployctl::cli
