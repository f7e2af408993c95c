#include "policy/lint/build_context_rules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/glob.hpp"
#include "base/strings.hpp"
#include "formats/dockerignore.hpp"
#include "policy/lint/lint.hpp"

namespace deployctl::policy::lint {
namespace {

using formats::DockerInstruction;
using formats::DockerWord;

constexpr std::uint64_t huge = 100ULL << 20;
constexpr std::uint64_t big_for_weights = 10ULL << 20;
constexpr std::uint64_t big_for_media = 1ULL << 20;

constexpr std::array<std::string_view, 12> weight_endings = {".safetensors", ".gguf", ".ggml", ".pt",
                                                             ".pth",         ".onnx", ".ckpt", ".h5",
                                                             ".tflite",      ".npz",  ".pkl",  ".bin"};
constexpr std::array<std::string_view, 7> sure_weight_endings = {".safetensors", ".gguf", ".ggml",  ".pth",
                                                                 ".onnx",        ".ckpt", ".tflite"};

template <std::size_t N>
bool ends_with_one_of(std::string_view text, const std::array<std::string_view, N>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
    return text.size() > ending.size() && text.substr(text.size() - ending.size()) == ending;
  });
}

// What should not travel to the builder, when it is there.
struct Unwanted {
  std::string_view pattern; // to add to .dockerignore
  std::string_view glob;
  std::string_view why;
  std::uint64_t at_least = 0;
};
constexpr std::array unwanted = {
    Unwanted{".git", ".git/**", "the whole history"},
    Unwanted{"**/__pycache__", "**/__pycache__/**", "byte code of this machine"},
    Unwanted{"**/.env", "**/.env", "secrets of this machine"},
    Unwanted{"**/.env.*", "**/.env.{production,local,prod,staging}", "secrets of this machine"},
    Unwanted{"**/node_modules", "**/node_modules/**", "packages for this machine"},
    Unwanted{"**/.venv", "**/.venv/**", "packages for this machine"},
    Unwanted{"data", "data/**", "data of this machine", big_for_media},
    Unwanted{"**/*.mp4", "**/*.mp4", "generated media", big_for_media},
    Unwanted{"**/*.wav", "**/*.wav", "generated media", big_for_media},
    Unwanted{"**/*.sqlite3", "**/*.sqlite3", "data of this machine"},
    Unwanted{"**/*.pem", "**/*.pem", "keys of this machine"},
};

bool matches(std::string_view glob, std::string_view path) {
  const std::size_t open = glob.find('{');
  if (open == std::string_view::npos) return glob_matches(glob, path);
  for (const std::string_view word : split(glob.substr(open + 1, glob.find('}') - open - 1), ','))
    if (glob_matches(std::string(glob.substr(0, open)) + std::string(word), path)) return true;
  return false;
}

std::string normal(std::string_view source) {
  while (source.substr(0, 2) == "./") source.remove_prefix(2);
  while (source.substr(0, 1) == "/") source.remove_prefix(1);
  while (!source.empty() && source.back() == '/') source.remove_suffix(1);
  return source == "." ? std::string() : std::string(source);
}

// Whether a source of COPY takes this file of the context.
bool takes(const std::string& source, std::string_view path) {
  if (source.empty() || glob_matches(source, path)) return true;
  return path.size() > source.size() && path[source.size()] == '/' && path.substr(0, source.size()) == source;
}

// COPY and ADD from the context: their sources are all words but the last.
std::vector<DockerWord> sources_of(const DockerInstruction& instruction) {
  if ((instruction.keyword != "COPY" && instruction.keyword != "ADD") || instruction.has_flag("--from="))
    return {};
  std::vector<DockerWord> words = instruction.words();
  if (!words.empty()) words.pop_back();
  return words;
}

std::string size_text(std::uint64_t bytes) {
  return fmt::format("{} MiB", bytes >> 20U);
}

class ContextCheck {
public:
  ContextCheck(const BuildContext* context, Findings& findings) : context_(context), findings_(findings) {
    if (context_) ignore_ = formats::Dockerignore::parse(context_->ignore_file);
  }

  void instruction(const DockerInstruction& instruction) {
    for (const DockerWord& word : sources_of(instruction)) {
      if (ends_with_one_of(to_lower(word.text), sure_weight_endings)) {
        add_huge(word, fmt::format("'{}' are weights of a model", word.text));
        continue;
      }
      if (word.text.find("://") != std::string::npos || !context_) continue;
      huge_files(word);
      if (normal(word.text).empty()) everything(word);
    }
  }

private:
  void add_huge(const DockerWord& word, std::string message) {
    findings_.add(code::huge_file, place_of(word), std::move(message) + ", copied into the image",
                  "every release would ship it again: mount it, or fetch it where it is used");
  }

  void huge_files(const DockerWord& word) {
    const std::string source = normal(word.text);
    for (const ContextFile& file : context_->files) {
      const bool weights =
          ends_with_one_of(to_lower(file.path), weight_endings) && file.size >= big_for_weights;
      if ((!weights && file.size < huge) || !takes(source, file.path) || ignore_.ignores(file.path)) continue;
      add_huge(word, fmt::format("'{}' has {}", file.path, size_text(file.size)));
      return;
    }
  }

  // COPY . takes whatever lies there.
  void everything(const DockerWord& word) {
    if (told_) return;
    told_ = true;
    if (!context_->has_ignore_file) {
      findings_.add(code::dockerignore_missing, place_of(word),
                    "everything beside the Dockerfile is copied, and there is no .dockerignore",
                    "write one: .git, .env, caches, data and what the service makes");
      return;
    }
    std::vector<std::string> missing;
    for (const Unwanted& each : unwanted) {
      const bool there =
          std::any_of(context_->files.begin(), context_->files.end(), [&](const ContextFile& file) {
            return file.size >= each.at_least && matches(each.glob, file.path) && !ignore_.ignores(file.path);
          });
      if (there) missing.push_back(fmt::format("{} ({})", each.pattern, each.why));
    }
    if (!missing.empty())
      findings_.add(code::dockerignore_incomplete, place_of(word),
                    ".dockerignore lets into the image: " + join(missing, ", "),
                    "add the patterns to .dockerignore");
  }

  const BuildContext* context_;
  Findings& findings_;
  formats::Dockerignore ignore_;
  bool told_ = false;
};

} // namespace

Findings::Place place_of(const formats::DockerWord& word) {
  return {word.begin, std::max(word.end, word.begin + 1)};
}

void check_build_context(const formats::Dockerfile& file, const BuildContext* context, Findings& findings) {
  ContextCheck check(context, findings);
  for (const DockerInstruction& instruction : file.instructions) check.instruction(instruction);
}

} // namespace deployctl::policy::lint
