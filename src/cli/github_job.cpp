#include "cli/github_job.hpp"

#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.hpp"
#include "base/variables.hpp"
#include "os/descriptor.hpp"
#include "os/files.hpp"
#include "ui/github/workflow_command.hpp"

namespace deployctl::cli {
namespace {

namespace github = ui::github;

// Somebody keeps standard error in a file: no runner reads it, and a mask would be a leak.
bool goes_to_a_file() {
  struct stat status {};
  return ::fstat(STDERR_FILENO, &status) == 0 && S_ISREG(status.st_mode);
}

github::Place place_of(const Span& span, const LineTable& lines, const std::string& file) {
  const Position begin = lines.position(span.begin);
  const Position end = lines.position(span.end);
  return {.file = file,
          .line = begin.line,
          .column = begin.column,
          .end_line = end.line,
          .end_column = end.column};
}

} // namespace

bool is_github_job(const os::Environment& environment) {
  const std::string* set = find_variable(environment, "GITHUB_ACTIONS");
  return set && *set == "true";
}

// Annotations name files as the repository does.
std::string GithubJob::in_workspace(const std::string& file) const {
  const std::string workspace = variable_or_empty(environment_, "GITHUB_WORKSPACE");
  if (workspace.empty()) return file;
  const std::filesystem::path path = std::filesystem::absolute(file).lexically_normal();
  const std::string relative = path.lexically_relative(workspace).string();
  return relative.empty() || relative.starts_with("..") ? file : relative;
}

std::string GithubJob::token() {
  std::array<std::byte, 16> bytes{};
  random_.fill(bytes);
  return sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).substr(0, 32);
}

void GithubJob::announce_masks(RedactionSet& redactions) {
  if (goes_to_a_file()) return;
  redactions.announce([this](std::string_view secret) { log_.write(github::command("add-mask", secret)); });
}

void GithubJob::annotate(const Value& diagnostics) {
  for (github::Annotation annotation : github::annotations_of(diagnostics)) {
    annotation.place.file = in_workspace(annotation.place.file);
    log_.write(annotations_.add(annotation));
  }
}

void GithubJob::append(const char* name, const std::string& text) {
  const std::string path = variable_or_empty(environment_, name);
  if (path.empty()) return;
  const os::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (file.is_open()) {
    ui::DescriptorWriter writer(file.get());
    writer.write(text);
    if (!writer.broken()) return;
  }
  log_.write("warning: " + os::system_error("cannot write", path, errno).message + "\n");
}

std::unique_ptr<ui::Renderer> GithubJob::renderer(const ui::Style& style, ui::Verbosity verbosity) {
  auto made = std::make_unique<github::GithubRenderer>(
      log_, annotations_, clock_,
      github::JobSettings{.style = style,
                          .verbosity = verbosity,
                          .token = [this] { return token(); },
                          .summary = [this](const std::string& page) { append("GITHUB_STEP_SUMMARY", page); },
                          .outputs = [this](const std::string& lines) { append("GITHUB_OUTPUT", lines); }});
  renderer_ = made.get();
  return made;
}

void GithubJob::know_steps(const config::Pipeline& pipeline, const Source& source) {
  if (!renderer_) return;
  const LineTable lines(source.text);
  const std::string file = in_workspace(source.name);
  std::map<std::string, github::Place> places;
  for (const config::Step& step : pipeline.steps) places.emplace(step.id, place_of(step.span, lines, file));
  renderer_->know_steps(std::move(places));
}

void GithubJob::plan(std::string text) {
  if (renderer_) renderer_->plan(std::move(text));
}

} // namespace deployctl::cli
