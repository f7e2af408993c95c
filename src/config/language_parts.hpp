// The pieces the language's tables are put together from. Only for language*.cpp.
#pragma once

#include <string>
#include <vector>

#include <deployctl/field.hpp>

namespace deployctl::config::language {

// One field each; what they do not take is set by the caller.
Field text(std::string name, std::string help, std::string example = {});
Field duration(std::string name, std::string help, std::string example);
Field choice(std::string name, std::string help, std::vector<std::string> choices);
Field boolean(std::string name, std::string help);
Field integer(std::string name, std::string help, std::int64_t least);
Field object(std::string name, std::string help, FieldList fields);
Field named_map(Field element, std::string help); // keys are ids; the map has the element's name
Field list_of(Field element, std::string help);   // the list has the element's name
Field one_of(std::string name, std::string help, FieldList shapes);
Field since_later(Field field);
Field needed(Field field);

Field uses(std::string help);
Field inputs_map(const std::string& name, std::string help); // of text keys to whatever the action takes
Field with();
Field when_field(const std::vector<std::string>& keys);
Field approval_field();
std::vector<Field> judging_fields();
std::vector<Field> make_step_fields(Field when);
std::vector<Field> environment_rules();
std::vector<Field> pipeline_heads();
std::vector<Field> shared_fields(); // of the top level and, partly, of an environment

} // namespace deployctl::config::language
