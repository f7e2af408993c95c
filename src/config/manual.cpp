#include "config/manual.hpp"

#include "base/manual.hpp"
#include "base/strings.hpp"
#include "config/doc_page.hpp"
#include "config/language.hpp"

namespace deployctl::config {
namespace {

std::string sentence(const std::string& text) {
  return text.empty() || text.ends_with(".") ? text : text + ".";
}

void add_rows(Manual& manual, const DocSection& section) {
  manual.begin_list();
  for (const DocRow& row : section.rows) {
    const std::string note = row.note.empty() ? "" : sentence(row.note) + " ";
    manual.entry("Cm " + manual_word(row.name), note + sentence(row.text));
  }
  manual.end_list();
}

void add_page(Manual& manual, const DocPage& page) {
  manual.subsection(page.title);
  if (!page.text.empty()) manual.paragraph(page.text);
  for (const DocSection& section : page.sections) {
    if (!section.code.empty()) manual.code(trim(section.code));
    if (!section.rows.empty()) add_rows(manual, section);
  }
}

// A key with everything below it that has keys of its own; the others stand in its list.
void add_keys(Manual& manual, const std::string& path, const Field& field) {
  if (members_of(field).empty()) return;
  add_page(manual, page_of(path, field));
  for (const Field& member : members_of(field)) add_keys(manual, path + "." + member.name, member);
}

} // namespace

std::string language_manual() {
  Manual manual("deployctl-pipeline", 5, "the pipeline language of deployctl");
  manual.section("DESCRIPTION");
  manual.paragraph(
      "A pipeline says what should be live where, in which order, by which rules, and how to go "
      "back. It is one YAML file, deploy.yaml. A key, value or action that this version does not "
      "enforce is an error.");
  add_page(manual, page_of_language("Top level", "", pipeline_fields()));
  for (const Field& field : pipeline_fields()) add_keys(manual, field.name, field);
  manual.section("FILES");
  manual.begin_list();
  manual.entry("Pa deploy.yaml", "The pipeline, beside what it deploys.");
  manual.end_list();
  manual.section("SEE ALSO");
  manual.macro(".Xr deployctl 1 ,\n.Xr deployctl-explain 1");
  return manual.text();
}

} // namespace deployctl::config
