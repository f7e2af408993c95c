#include "providers/compose/move.hpp"

#include "base/members.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::compose {
namespace {

const Value missing;

const Value& below(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? *found : missing;
}

Value texts(const std::vector<std::string>& all) {
  return Value::List(all.begin(), all.end());
}

Value files_value(const ProjectFiles& files) {
  return Value::Map{
      {"project", files.project}, {"files", texts(files.files)}, {"profiles", texts(files.profiles)}};
}

ProjectFiles files_from(const Value& value) {
  return {.project = text_at(value, "project"),
          .files = texts_at(value, "files"),
          .profiles = texts_at(value, "profiles")};
}

} // namespace

Value move_value(const Move& move) {
  return Value::Map{{"host", host_value(move.host)},
                    {"tool", tool_value(move.tool)},
                    {"path", move.path},
                    {"to", move.to},
                    {"from", move.from},
                    {"to_files", files_value(move.to_files)},
                    {"from_files", files_value(move.from_files)},
                    {"dropped", texts(move.dropped)},
                    {"images", texts(move.images)},
                    {"expected", expected_value(move.expected)},
                    {"before", expected_value(move.before)},
                    {"revision", move.revision}};
}

Move move_from(const Value& basis) {
  return {.host = host_from(below(basis, "host")),
          .tool = tool_from(below(basis, "tool")),
          .path = text_at(basis, "path"),
          .to = text_at(basis, "to"),
          .from = text_at(basis, "from"),
          .to_files = files_from(below(basis, "to_files")),
          .from_files = files_from(below(basis, "from_files")),
          .dropped = texts_at(basis, "dropped"),
          .images = texts_at(basis, "images"),
          .expected = expected_from(below(basis, "expected")),
          .before = expected_from(below(basis, "before")),
          .revision = below(basis, "revision")};
}

Move way_back(const Move& move) {
  Move back{.host = move.host,
            .tool = move.tool,
            .path = move.path,
            .to = move.from,
            .from = move.to,
            .to_files = move.from_files,
            .from_files = move.to_files,
            .expected = move.before,
            .before = move.expected};
  for (const auto& [name, service] : move.expected.services)
    if (!move.before.services.contains(name)) back.dropped.push_back(name);
  return back;
}

} // namespace deployctl::providers::compose
