#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 13> rows = {{
    {"D0501", "unknown action",
     "No provider of this build has an action of that name. `deployctl provider list` shows all.",
     "uses: exec.runn\n", "uses: exec.run\n"},
    {"D0502", "unknown step", "A step is needed or referred to that does not exist.", "needs: [biuld]\n",
     "needs: [build]\n"},
    {"D0503", "steps wait for each other",
     "Needs and references form a circle, so none of these steps could ever begin.",
     "steps:\n  a: { needs: [b] }\n  b: { needs: [a] }\n", "steps:\n  a: {}\n  b: { needs: [a] }\n"},
    {"D0504", "two steps are the same thing",
     "What a step owns is named by its action and the identity inputs, not by the step's id. Two owners "
     "would undo each other's work at every run.",
     "web: { with: { path: /srv/app } }\napi: { with: { path: /srv/app } }\n",
     "web: { with: { path: /srv/web } }\napi: { with: { path: /srv/api } }\n"},
    {"D0505", "items of for_each",
     "Each item gives a step instance its name: items are names, and each stands once.",
     "for_each: [api, api]\n", "for_each: [api, worker]\n"},
    {"D0506", "a step that does nothing", "A step needs an action, or gates that it judges.",
     "steps: { web: { needs: [build] } }\n", "steps: { web: { needs: [build], gates: [healthy] } }\n"},
    {"D0507", "provider instance",
     "A step uses an instance declared under `providers`, of its own action's provider.",
     "provider: store.produktion\n", "provider: store.production\n"},
    {"D0508", "unknown gate", "Steps name gates that are declared under `gates`.", "gates: [helthy]\n",
     "gates: [healthy]\n"},
    {"D0509", "an action of another kind",
     "Steps do something, gates judge, notices send: an action of one kind cannot stand in another's place.",
     "gates: { healthy: { uses: exec.run } }\n", "gates: { healthy: { uses: http.check } }\n"},
    {"D0510", "steps and finally",
     "The steps of `finally` run after all others and share their names. They need only each other; "
     "everything else has ended.",
     "finally: { report: { needs: [web] } }\n", "finally: { report: {} }\n"},
    {"D0511", "a key without meaning here",
     "The key says something about another kind of action, and would have no effect.",
     "web: { uses: host.release, always: true }\n", "test: { uses: exec.run, always: true }\n"},
    {"D0513", "blind retry",
     "After a failure nobody can tell whether this step's effect happened. It is tried again only for causes "
     "that are named.",
     "retry: 3\n", "retry: { attempts: 3, on: [network] }\n"},
    {"D0514", "too many steps", "A pipeline has at most 10,000 steps; each item of a for_each counts.",
     "for_each: [a1, a2, ...]   # 10,001 items\n", "for_each: [a1, a2]\n"},
}};

} // namespace

std::span<const DiagnosticCode> graph() {
  return rows;
}

} // namespace deployctl::topics
