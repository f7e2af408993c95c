// A real repository in a new temporary folder, made with the git binary; removed at the end.
#pragma once

#include <catch2/catch.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace deployctl::test {

class GitFolder {
public:
  GitFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "deployctl-vcs-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    base_ = pattern;
    std::filesystem::create_directory(root());
    git("init -q -b main");
  }
  ~GitFolder() { std::filesystem::remove_all(base_); }
  GitFolder(const GitFolder&) = delete;
  GitFolder& operator=(const GitFolder&) = delete;

  [[nodiscard]] std::string base() const { return base_.string(); }
  [[nodiscard]] std::string root() const { return (base_ / "repo").string(); }
  [[nodiscard]] std::string path(const std::string& name) const { return (base_ / "repo" / name).string(); }

  // Standard output without the last line end; a failure ends the test.
  std::string git(const std::string& arguments, const std::string& folder = "repo") const {
    const std::string command =
        "cd '" + (base_ / folder).string() +
        "' && env -u GIT_DIR -u GIT_INDEX_FILE -u GIT_WORK_TREE GIT_CONFIG_GLOBAL=/dev/null "
        "GIT_AUTHOR_NAME=Ann "
        "GIT_AUTHOR_EMAIL=ann@example.com GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com git " +
        arguments;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (!pipe) throw std::runtime_error("cannot run git");
    std::string out;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
      out.append(buffer.data(), count);
    const int status = ::pclose(pipe);
    INFO(arguments << "\n" << out);
    REQUIRE(status == 0);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
  }

  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
  }

  // Writes, adds and commits; gives the commit's name.
  std::string commit(const std::string& title, const std::string& name = "file",
                     const std::string& content = "") const {
    write(name, content.empty() ? title : content);
    git("add -A");
    git("commit -q --allow-empty -m '" + title + "'");
    return git("rev-parse HEAD");
  }

private:
  std::filesystem::path base_;
};

} // namespace deployctl::test
