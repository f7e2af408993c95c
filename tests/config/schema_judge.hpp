// valijson stands for an editor: does the generated schema accept a YAML document? Slow to compile, so few
// tests include it.
#pragma once

#include <string>

#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "config/scalar.hpp"
#include "config/schema.hpp"
#include "yaml/document.hpp"

namespace sample {

using nlohmann::json;

inline bool is_number(const std::string& text) {
  const deployctl::Field number{.name = "n", .type = deployctl::FieldType::number};
  return deployctl::config::interpret_scalar(number, text, true).has_value();
}

// As an editor reads YAML (core schema).
inline json plain_scalar(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  return is_number(text) ? json::parse(text) : json(text);
}

inline json to_json_document(const deployctl::yaml::Node& node) {
  if (node.is_null()) return nullptr;
  if (node.is_scalar())
    return node.style == deployctl::yaml::Style::plain ? plain_scalar(node.text) : json(node.text);
  json out = node.is_list() ? json::array() : json::object();
  for (const deployctl::yaml::Node& item : node.items) out.push_back(to_json_document(item));
  for (const deployctl::yaml::Entry& entry : node.entries) out[entry.key] = to_json_document(entry.value);
  return out;
}

class Judge {
public:
  explicit Judge(const deployctl::Catalog& catalog)
      : text_(json::parse(deployctl::config::schema_text(catalog))) {
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text_), schema_);
  }

  // Empty when the schema accepts; else what it says first.
  std::string refusal(const json& document) const {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(document), &results)) return {};
    valijson::ValidationResults::Error error;
    std::string out = "refused";
    while (results.popError(error)) {
      out += "\n";
      for (const std::string& part : error.context) out += part;
      out += " " + error.description;
    }
    return out;
  }

private:
  json text_;
  valijson::Schema schema_;
};

} // namespace sample
