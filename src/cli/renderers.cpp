#include "cli/renderers.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "os/files.hpp"
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

std::unique_ptr<ui::Renderer> main_renderer(Invocation& invocation) {
  Console& console = invocation.console;
  const Options& options = invocation.options;
  if (options.output == OutputFormat::ndjson) return std::make_unique<ui::NdjsonRenderer>(console.out());
  if (options.quiet) return std::make_unique<ui::QuietRenderer>(console.err(), console.err_style());
  return std::make_unique<ui::PlainRenderer>(console.err(), invocation.clock, console.err_style(),
                                             options.verbose ? ui::Verbosity::verbose
                                                             : ui::Verbosity::normal);
}

} // namespace

Result<std::unique_ptr<ui::EventStream>> open_event_stream(Invocation& invocation, const std::string& run_id,
                                                           std::unique_ptr<ui::Writer>& event_file) {
  std::vector<std::unique_ptr<ui::Renderer>> renderers;
  renderers.push_back(main_renderer(invocation));
  if (const std::string& path = invocation.options.event_file; !path.empty()) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(os::system_error("cannot write the event file", path, errno));
    event_file = std::make_unique<FileWriter>(descriptor);
    renderers.push_back(std::make_unique<ui::NdjsonRenderer>(*event_file));
  }
  ui::StreamOptions options{.run = run_id,
                            .tool = DEPLOYCTL_VERSION,
                            .redact = [&redactions = invocation.redactions](std::string_view text) {
                              return redactions.redact(text);
                            }};
  return std::make_unique<ui::EventStream>(invocation.clock, std::move(options), std::move(renderers));
}

} // namespace deployctl::cli
