#include "cli/exit_codes.hpp"
#include "cli/help.hpp"
#include "ui/event_stream.hpp"

namespace deployctl::cli {
namespace {

std::string exit_codes_topic() {
  std::string out = "Exit codes\n\n";
  for (const ExitCodeRow& row : exit_codes) {
    const std::string number = std::to_string(static_cast<int>(row.code));
    out.append("  ")
        .append(4 - number.size(), ' ')
        .append(number)
        .append("  ")
        .append(row.meaning)
        .append("\n");
  }
  return out + "\nNever 0 after an automatic rollback.\n";
}

std::string environment_topic() {
  return R"(Variables that deployctl itself reads

  NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE
               colour, unless --color says it
  COLUMNS      the width of text
  ACCESSIBLE   1: never redraws, never says a thing by a sign alone
  CI           set: never asks
  GITHUB_REF_NAME, GITHUB_REF_TYPE, CI_COMMIT_BRANCH, CI_COMMIT_TAG
               branch and tag, when HEAD is detached
  https_proxy, http_proxy, all_proxy, no_proxy
               the way to servers; upper case too, but for http_proxy
  SSL_CERT_FILE
               certificates that are trusted instead of the system's

A pipeline reads any variable by ${NAME}.
)";
}

std::string output_topic() {
  return "Output\n\n"
         "  text     for people: results on standard output, everything else on\n"
         "           standard error\n"
         "  json     exactly one document on standard output, at the end\n"
         "  ndjson   one event a line, format " +
         std::string(ui::event_format) +
         "; the first line is 'version', the\n"
         "           last one 'summary'; 'deployctl schema --events' prints the schema\n\n"
         "--event-file FILE writes the ndjson beside any of them. In this version text\n"
         "is one line a state change on a terminal too: there is no live view yet.\n";
}

} // namespace

const std::vector<Topic>& help_topics() {
  static const std::vector<Topic> topics = {
      {"exit-codes", "what each exit code promises", exit_codes_topic},
      {"environment", "variables that deployctl reads", environment_topic},
      {"output", "text, json and ndjson", output_topic},
  };
  return topics;
}

} // namespace deployctl::cli
