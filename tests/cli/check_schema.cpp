// check_schema SCHEMA < lines: every line of standard input is JSON that the schema accepts. Exit 1 and the
// reasons if not.
#include <fstream>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

using valijson::adapters::NlohmannJsonAdapter;

int main(int count, char** values) {
  if (count != 2) return 2;
  const auto schema_json = nlohmann::json::parse(std::ifstream(values[1]));
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(schema_json), schema);
  bool good = true;
  std::size_t lines = 0;
  for (std::string line; std::getline(std::cin, line); ++lines) {
    const auto document = nlohmann::json::parse(line);
    valijson::ValidationResults results;
    valijson::Validator validator;
    if (validator.validate(schema, NlohmannJsonAdapter(document), &results)) continue;
    good = false;
    for (valijson::ValidationResults::Error error; results.popError(error);)
      std::cerr << "line " << lines + 1 << ": " << error.description << '\n';
  }
  return good && lines > 0 ? 0 : 1;
}
