#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 14> rows = {{
    {"D0601", "not a host",
     "A host is [user@]host[:port], an alias of ~/.ssh/config, or local. Nothing may begin with '-': ssh "
     "would read it as an option.",
     "hosts: { web: [-oProxyCommand=x] }\n", "hosts: { web: [deploy@web-1.example.com] }\n"},
    {"D0602", "a host twice",
     "One target is one host. A host may stand in several roles, always written in the same way.",
     "hosts: { web: [a.example.com, a.example.com] }\n", "hosts: { web: [a.example.com, b.example.com] }\n"},
    {"D0603", "a role without hosts", "A step on that role would do nothing and look like success.",
     "hosts: { web: [] }\n", "hosts: { web: [local] }\n"},
    {"D0604", "unknown role", "The environment declares no role or host of that name.",
     "with: { hosts: wbe }\n", "with: { hosts: web }\n"},
    {"D0605", "no hosts named",
     "An action on hosts takes the only role there is. Without roles, or with several, it must be told.",
     "with: { path: /srv/app }   # roles: web, db\n", "with: { path: /srv/app, hosts: web }\n"},
    {"D0606", "strategy not accepted", "The action cannot move over its targets in that way.",
     "strategy: { blue_green: {} }   # of a release directory\n", "strategy: { rolling: { batch: 1 } }\n"},
    {"D0607", "not an amount of hosts",
     "A batch is at least one host or 1% to 100% of the declared hosts; amounts in a list rise, because each "
     "counts all hosts so far.",
     "batch: 0\n", "batch: 25%\n"},
    {"D0608", "weights of a canary", "Weights rise step by step, and the last one moves all the traffic.",
     "weights: [5%, 25%]\n", "weights: [5%, 25%, 100%]\n"},
    {"D0609", "unknown environment", "No environment of that name is declared.",
     "environments: [produktion]   # of a step\n", "environments: [production]\n"},
    {"D0610", "freeze without length", "A freeze ends after it begins.",
     "{ from: \"fri 16:00\", to: \"fri 16:00\" }\n", "{ from: \"fri 16:00\", to: \"mon 08:00\" }\n"},
    {"D0611", "unknown time zone", "Zones are named as in the IANA data base.", "zone: Asia/Taipe\n",
     "zone: Asia/Taipei\n"},
    {"D0612", "quorum never reached", "More approvals are wanted than there are people who may give one.",
     "approval: { by: [lead], quorum: 2, signers: deploy-signers }\n",
     "approval: { by: [lead, ops], quorum: 2, signers: deploy-signers }\n"},
    {"D0613", "not a moment of a freeze",
     "A freeze goes from one weekday and time to another, or from one date and time to another.",
     "from: friday afternoon\n", "from: \"fri 16:00\"\n"},
    {"D0614", "an approval nobody can check",
     "Approvals by name are signatures: `by` names principals of the OpenSSH allowed-signers file `signers`.",
     "approval: { by: [lead] }\n", "approval: { by: [lead], signers: deploy-signers }\n"},
}};

} // namespace

std::span<const DiagnosticCode> places() {
  return rows;
}

} // namespace deployctl::topics
