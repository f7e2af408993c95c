#include "ui/sarif.hpp"

#include <map>
#include <optional>
#include <utility>

#include "base/diagnostic_codes.hpp"
#include "base/encode.hpp"
#include "ui/excerpt.hpp"

namespace deployctl::ui {
namespace {

Value number(std::size_t n) {
  return {static_cast<std::int64_t>(n)};
}

Value text_value(std::string_view text) {
  return Value::Map{{"text", std::string(text)}};
}

// "./deploy/Dockerfile" as a relative reference.
std::string uri_of(std::string_view path) {
  while (path.substr(0, 2) == "./") path.remove_prefix(2);
  return percent_encode(path, "/");
}

class Log {
public:
  explicit Log(const SarifRun& run) : run_(run) {
    for (const Source& source : run.sources) tables_.emplace_back(source.text);
  }

  Value value() {
    Value::List results;
    for (const Diagnostic& finding : run_.findings) results.push_back(result(finding));
    for (const Suppressed& each : run_.suppressed) {
      Value allowed = result(each.finding);
      allowed["suppressions"] = Value::List{Value::Map{{"kind", each.in_source ? "inSource" : "external"},
                                                       {"status", "accepted"},
                                                       {"justification", each.why}}};
      results.push_back(std::move(allowed));
    }
    Value driver =
        Value::Map{{"name", "deployctl"}, {"semanticVersion", run_.version}, {"rules", std::move(rules_)}};
    Value run = Value::Map{{"tool", Value::Map{{"driver", std::move(driver)}}},
                           {"columnKind", "unicodeCodePoints"},
                           {"results", std::move(results)}};
    return Value::Map{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                      {"version", "2.1.0"},
                      {"runs", Value::List{std::move(run)}}};
  }

private:
  std::size_t rule_index(const std::string& code) {
    const auto [at, is_new] = indexes_.try_emplace(code, indexes_.size());
    if (!is_new) return at->second;
    Value rule = Value::Map{{"id", code}};
    if (const DiagnosticCode* row = find_diagnostic_code(code)) {
      rule["shortDescription"] = text_value(row->title);
      rule["fullDescription"] = text_value(row->explanation);
      rule["help"] = text_value("wrong:\n" + std::string(row->wrong) + "right:\n" + std::string(row->right));
    }
    rules_.push_back(std::move(rule));
    return at->second;
  }

  Value result(const Diagnostic& finding) {
    Value result =
        Value::Map{{"ruleId", finding.code},
                   {"ruleIndex", number(rule_index(finding.code))},
                   {"level", finding.severity == Severity::error ? "error" : "warning"},
                   {"message", text_value(finding.help.empty() ? finding.message
                                                               : finding.message + ". " + finding.help)}};
    if (finding.span.source < tables_.size()) result["locations"] = Value::List{location(finding.span)};
    return result;
  }

  Value location(Span span) {
    const LineTable& lines = tables_[span.source];
    Value region = Value::Map{{"startLine", number(lines.position(span.begin).line)},
                              {"startColumn", number(character_column(lines, span.begin))},
                              {"endLine", number(lines.position(span.end).line)},
                              {"endColumn", number(character_column(lines, span.end))}};
    Value artifact = Value::Map{{"uri", uri_of(run_.sources[span.source].name)}};
    return Value::Map{{"physicalLocation",
                       Value::Map{{"artifactLocation", std::move(artifact)}, {"region", std::move(region)}}}};
  }

  const SarifRun& run_;
  std::vector<LineTable> tables_;
  std::map<std::string, std::size_t> indexes_;
  Value::List rules_;
};

} // namespace

Value sarif_value(const SarifRun& run) {
  return Log(run).value();
}

} // namespace deployctl::ui
