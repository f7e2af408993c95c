#include "cli/event_output.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "os/files.hpp"
#include "os/terminal.hpp"
#include "ui/ndjson.hpp"
#include "ui/plain.hpp"
#include "ui/quiet.hpp"

namespace deployctl::cli {
namespace {

class FileWriter final : public ui::Writer {
public:
  explicit FileWriter(int descriptor) : descriptor_(descriptor), writer_(descriptor) {}
  ~FileWriter() override { ::close(descriptor_); }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::string_view text) override { writer_.write(text); }

private:
  int descriptor_;
  ui::DescriptorWriter writer_;
};

} // namespace

std::unique_ptr<ui::Renderer> EventOutput::live_renderer() {
  auto renderer = std::make_unique<ui::tty::TtyRenderer>(
      *surface_.screen, clock_,
      ui::tty::LiveSettings{.colour = console_.err_style().colour, .verbose = options_.verbose, .room = [] {
                              const os::TerminalSize size = os::terminal_size(STDERR_FILENO);
                              const bool is_ours = os::is_in_foreground(STDERR_FILENO);
                              return ui::tty::Room{.columns = size.columns, .rows = is_ours ? size.rows : 0};
                            }});
  live_ = std::make_unique<LiveView>(*surface_.screen, *renderer);
  return renderer;
}

std::unique_ptr<ui::Renderer> EventOutput::main_renderer() {
  if (options_.output == OutputFormat::ndjson) return std::make_unique<ui::NdjsonRenderer>(console_.out());
  if (options_.quiet) return std::make_unique<ui::QuietRenderer>(console_.err(), console_.err_style());
  const auto verbosity = options_.verbose ? ui::Verbosity::verbose : ui::Verbosity::normal;
  if (surface_.job && console_.is_text()) return surface_.job->renderer(console_.err_style(), verbosity);
  if (surface_.screen && console_.is_text()) return live_renderer();
  return std::make_unique<ui::PlainRenderer>(console_.err(), clock_, console_.err_style(), verbosity);
}

bool EventOutput::somebody_reads() const {
  return options_.output == OutputFormat::ndjson || !options_.event_file.empty();
}

Status EventOutput::open(const std::string& run_id) {
  std::vector<std::unique_ptr<ui::Renderer>> renderers;
  if (const std::string& path = options_.event_file; !path.empty()) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(os::system_error("cannot write the event file", path, errno));
    file_ = std::make_unique<FileWriter>(descriptor);
    renderers.push_back(std::make_unique<ui::NdjsonRenderer>(*file_));
  }
  renderers.push_back(main_renderer());
  ui::StreamOptions stream{.run = run_id, .tool = DEPLOYCTL_VERSION, .redact = [this](std::string_view text) {
                             return redactions_.redact(text);
                           }};
  stream_ = std::make_unique<ui::EventStream>(clock_, std::move(stream), std::move(renderers));
  return {};
}

void EventOutput::settle() {
  if (live_) live_->settle();
}

void EventOutput::know_steps(const config::Pipeline& pipeline, const Source& source) {
  if (surface_.job) surface_.job->know_steps(pipeline, source);
}

void EventOutput::know_plan(const std::string& text) {
  if (surface_.job) surface_.job->plan(redactions_.redact(text));
}

void EventOutput::finish(ExitCode code, const std::string& run_id) {
  const bool is_good = code == ExitCode::done || code == ExitCode::changes_pending;
  // A job's page says why there was no run.
  const bool is_wanted = somebody_reads() || (surface_.job && !is_good);
  if (!stream_ && (!is_wanted || !open(run_id))) return;
  const Value& document = console_.document();
  const Value* outcome = document.find("outcome");
  std::string message = "exit code " + std::to_string(static_cast<int>(code));
  if (outcome && outcome->text()) message = *outcome->text() + ", " + message;
  stream_->emit({.type = "summary",
                 .level = is_good ? Level::info : Level::error,
                 .message = message,
                 .fields = somebody_reads() || surface_.job
                               ? document
                               : Value(Value::Map{{"exit_code", static_cast<int>(code)}})});
}

} // namespace deployctl::cli
