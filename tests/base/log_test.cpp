#include "base/log.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/pattern.hpp"

using namespace deployctl;

namespace {

// A file name of its own, removed at the end.
struct LogFile {
  LogFile() {
    REQUIRE(::close(::mkstemp(path.data())) == 0);
    std::remove(path.c_str());
  }
  ~LogFile() { std::remove(path.c_str()); }
  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }
  std::string path = "/tmp/deployctl-log-XXXXXX";
};

} // namespace

TEST_CASE("log: lines have a time and a level, and no secrets") {
  const LogFile file;
  RedactionSet secrets;
  secrets.add(Secret::reference("token").resolved_with("hunter22"));
  {
    Log log = Log::open(file.path, secrets, Level::info).value();
    log.write(Level::debug, "not wanted");
    log.write(Level::info, "login with hunter22");
    log.write(Level::error, "two\nlines {}");
  }
  const Pattern expected =
      Pattern::compile(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    login with \[secret:token\]
\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z error   two
    lines \{\}
)")
          .value();
  INFO(file.text());
  CHECK(expected.matches(file.text()));
  struct stat status {};
  REQUIRE(::stat(file.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("log: is appended to, and a path that cannot be written is an error") {
  const LogFile file;
  const RedactionSet secrets;
  for (int i = 0; i < 2; ++i) Log::open(file.path, secrets).value().write(Level::warning, "once");
  CHECK(file.text().find("once") != file.text().rfind("once"));
  CHECK_FALSE(Log::open("/does/not/exist", secrets));
}
