#include <catch2/catch.hpp>

#include "formats/dockerfile.hpp"
#include "formats/dockerignore.hpp"

using namespace deployctl;
using namespace deployctl::formats;

namespace {

Dockerfile parsed(std::string_view text) {
  const auto file = parse_dockerfile(text);
  if (!file) FAIL(file.error().message);
  return *file;
}

std::string words_of(const DockerInstruction& instruction) {
  std::string out;
  for (const DockerWord& word : instruction.words()) out += "<" + word.text + ">";
  return out;
}

} // namespace

TEST_CASE("dockerfile: instructions with their places, over comments and continuations") {
  const std::string text =
      "# one\nfrom debian:12\nRUN apt-get update && \\\n  # between\n\n  apt-get install curl\nUSER app\n";
  const Dockerfile file = parsed(text);
  REQUIRE(file.instructions.size() == 3);
  CHECK(file.instructions[0].keyword == "FROM");
  const DockerInstruction& run = file.instructions[1];
  CHECK(words_of(run) == "<apt-get><update><&&><apt-get><install><curl>");
  const DockerWord last = run.words().back();
  CHECK(text.substr(last.begin, last.end - last.begin) == "curl");
  CHECK(file.instructions[2].keyword == "USER");
  CHECK(text.substr(file.instructions[2].begin, 4) == "USER");
}

TEST_CASE("dockerfile: the escape directive changes what continues a line") {
  const Dockerfile file = parsed("# escape=`\nFROM a\nRUN dir `\n c:\\\nUSER b\n");
  REQUIRE(file.instructions.size() == 3);
  CHECK(file.instructions[2].keyword == "USER");
}

TEST_CASE("dockerfile: heredocs belong to their instruction, also two of one") {
  const std::string text =
      "FROM a\nRUN <<EOF bash\nUSER root\nEOF\nCOPY <<-\"A\" <<B /x/\n\tone\n\tA\ntwo\nB\nUSER app\n";
  const Dockerfile file = parsed(text);
  REQUIRE(file.instructions.size() == 4);
  REQUIRE(file.instructions[1].heredocs.size() == 1);
  const DockerHeredoc& body = file.instructions[1].heredocs[0];
  CHECK(text.substr(body.begin, body.end - body.begin) == "USER root\n");
  CHECK(file.instructions[2].heredocs.size() == 2);
  CHECK(parse_dockerfile("FROM a\nRUN <<EOF\nx\n").error().message ==
        "line 2: the heredoc 'EOF' is never closed");
  CHECK(parsed("FROM a\nRUN cat <<< \"x\" && echo $((1<<2))\nUSER b\n").instructions.size() == 3);
}

TEST_CASE("dockerfile: stages, their names and their bases") {
  const Dockerfile file =
      parsed("ARG TAG=3.12\nARG NONE\nFROM --platform=linux/amd64 python:${TAG} AS Build\nRUN x\n"
             "FROM build\nFROM ${NONE}\nFROM ${NONE:-scratch}\n");
  REQUIRE(file.stages.size() == 4);
  CHECK(file.stages[0].base == "python:3.12");
  CHECK(file.stages[0].name == "build");
  CHECK(file.stage_named("BUILD", 1) == 0);
  CHECK(file.stage_named("0", 1) == 0);
  CHECK_FALSE(file.stage_named("build", 0));
  CHECK_FALSE(file.stages[2].base);
  CHECK(file.stages[3].base == "scratch");
}

TEST_CASE("dockerfile: words in quotes, in JSON, and a test of the shell that only looks like it") {
  CHECK(words_of(parsed("FROM a\nCOPY [\"a b\", \"c\"]\n").instructions[1]) == "<a b><c>");
  CHECK(words_of(parsed("FROM a\nCOPY --chown=a:b \"a b\" c\\ d\n").instructions[1]) == "<a b><c d>");
  CHECK(words_of(parsed("FROM a\nRUN [ \"$A\" = \"b\" ] && c\n").instructions[1]) ==
        "<[><$A><=><b><]><&&><c>");
  CHECK(parsed("FROM a\nRUN --mount=type=secret,id=x y\n").instructions[1].has_flag("--mount=type=secret"));
}

TEST_CASE("dockerfile: variables in their two forms") {
  const Dockerfile file = parsed("FROM a\nENV A=1 B='two words' C=\nENV OLD a b  c\nARG NAME\n");
  const auto env = assignments_of(file.instructions[1]);
  REQUIRE(env.size() == 3);
  CHECK(env[1].value == "two words");
  CHECK(env[2].value == "");
  const auto old = assignments_of(file.instructions[2]);
  REQUIRE(old.size() == 1);
  CHECK(old[0].value == "a b  c");
  CHECK_FALSE(assignments_of(file.instructions[3])[0].value);
}

TEST_CASE("dockerfile: what is none is refused with its line") {
  CHECK(parse_dockerfile("FROM a\n\nFORM b\n").error().message == "line 3: 'FORM' is not an instruction");
  CHECK(parsed("").instructions.empty());
  CHECK(parsed("\xef\xbb\xbf"
               "FROM a\n")
            .instructions.size() == 1);
  CHECK(parsed("FROM a\r\nRUN b \\\r\n c\r\nUSER d\r\n").instructions.size() == 3);
}

TEST_CASE("dockerignore: the last pattern that matches decides") {
  const Dockerignore ignore =
      Dockerignore::parse("# comment\n/.git\n**/__pycache__\n*.md\n!README.md\ndata/\n./tmp\n");
  CHECK(ignore.ignores(".git/HEAD"));
  CHECK(ignore.ignores("a/b/__pycache__/c.pyc"));
  CHECK(ignore.ignores("CHANGES.md"));
  CHECK_FALSE(ignore.ignores("README.md"));
  CHECK_FALSE(ignore.ignores("docs/CHANGES.md"));
  CHECK(ignore.ignores("data/x/y"));
  CHECK(ignore.ignores("tmp/x"));
  CHECK_FALSE(ignore.ignores("app/data/x"));
}
