#include "simulated/shapes.hpp"

namespace deployctl::simulated {

std::vector<Field> resource_fields(const ResourceShape& shape) {
  std::vector<Field> fields = {
      {.name = "name",
       .help = "Name of the simulated thing.",
       .example = "web",
       .required = true,
       .identity = true},
      {.name = "value", .type = FieldType::any, .help = "What the thing should hold.", .example = "1.4.2"},
      {.name = "size", .type = FieldType::size, .help = "How large the thing is.", .example = "512MiB"},
      {.name = "secret",
       .help = "A secret that the thing is given.",
       .example = "${secrets.key}",
       .secret = SecretUse::value},
      {.name = "region",
       .help = "Where the thing lives; it cannot move.",
       .example = "east",
       .immutable = true},
      {.name = "labels",
       .type = FieldType::map,
       .help = "Labels on the thing.",
       .example = "{ tier: front }",
       .element = {{.name = "labels", .help = "The text of one label.", .example = "front"}}},
      {.name = "settings",
       .type = FieldType::object,
       .help = "Nested settings.",
       .fields = {{.name = "retries",
                   .type = FieldType::integer,
                   .help = "How often the thing retries.",
                   .example = "3",
                   .fallback = 3,
                   .least = 0,
                   .most = 10},
                  {.name = "window",
                   .type = FieldType::duration,
                   .help = "How long the thing waits.",
                   .example = "10s"}}},
      {.name = "file",
       .type = FieldType::file,
       .help = "A local file that the thing is given.",
       .example = "app.conf"},
      {.name = "tree",
       .type = FieldType::tree,
       .help = "A local folder that the thing is given.",
       .example = "public"},
      {.name = "note", .help = "A remark on the thing.", .example = "see the runbook", .annotation = true},
      crash_field(),
  };
  if (shape.on_hosts)
    fields.push_back({.name = "hosts",
                      .type = FieldType::hosts,
                      .help = "Where the thing is.",
                      .example = "web",
                      .managed = false});
  fields.insert(fields.end(), shape.more_fields.begin(), shape.more_fields.end());
  return fields;
}

} // namespace deployctl::simulated
