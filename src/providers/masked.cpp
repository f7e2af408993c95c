#include "providers/masked.hpp"

#include "base/redactor.hpp"

namespace deployctl::providers {

Error masked(Error error, const Value& desired) {
  RedactionSet secrets;
  for_each_secret(desired, [&](const Secret& secret) { secrets.add(secret); });
  error.message = secrets.redact(error.message);
  error.help = secrets.redact(error.help);
  for (auto* lines : {&error.frames, &error.evidence})
    for (std::string& line : *lines) line = secrets.redact(line);
  return error;
}

} // namespace deployctl::providers
