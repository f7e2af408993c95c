#include "config/schema.hpp"
#include "base/json.hpp"
#include "cli/commands/run.hpp"
#include "cli/invocation.hpp"
#include "ui/ndjson.hpp"

namespace deployctl::cli {

Result<ExitCode> run_schema(Invocation& invocation) {
  const Value schema = invocation.line.has("events") ? ui::event_schema()
                                                     : config::json_schema(invocation.machine.catalog({}));
  invocation.console.answer(to_pretty_json(schema, JsonMode::plain), Value::Map{{"schema", schema}});
  return ExitCode::done;
}

} // namespace deployctl::cli
