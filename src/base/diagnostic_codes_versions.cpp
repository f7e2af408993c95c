#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 5> rows = {{
    {"D0901", "a key of a later version",
     "The key belongs to the language, and this version does not act on it yet. Ignoring it would be worse "
     "than refusing: an approval rule that is not enforced is not one.",
     "approval: { by: [lead] }\n", "protected: true\n"},
    {"D0902", "an action of a later version",
     "The action is planned, and this version has no provider for it.", "uses: docker.service\n",
     "uses: host.release\n"},
    {"D0903", "a value of a later version", "The key is enforced, this value of it is not yet.",
     "state: git\n", "state: local\n"},
    {"D0904", "a secret store of a later version",
     "The reference is well understood, and this version cannot read that store. It reads all that it knows.",
     "key: store-of-tomorrow://vault/item\n", "key: env://KEY\n"},
    {"D0905", "a provider of a later version", "The provider is planned and not part of this version.",
     "providers: { slack: { workspace: example } }\n", "providers: {}\n"},
}};

} // namespace

std::span<const DiagnosticCode> versions() {
  return rows;
}

} // namespace deployctl::topics
