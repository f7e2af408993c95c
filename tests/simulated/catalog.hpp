// The simulated shapes, as a catalog an engine or planner takes in place of the built-in one:
//
//   sim.single      resource, one target, one stage            sim.opaque    task, opaque unless `crash` says
//   otherwise sim.hosts       resource on hosts: upload, switch with a   sim.artifact  found by its source,
//   else made
//                   ready rule, finish                         sim.data      reads World::set_data
//   sim.weighted    resource shifted by weights                sim.gate      judges World::set_samples
//   against `max` sim.native      resource with one stage per pause hook     sim.notice    sends to
//   World::messages sim.subprocess  resource, one long stage, remote id, marked
//
// The resources share their inputs (`value size secret region labels settings file tree note crash`); `name`
// is the identity, `region` is immutable, `note` is an annotation, `crash` chooses the crash class.
#pragma once

#include <memory>

#include <deployctl/provider.hpp>

#include "simulated/world.hpp"

namespace deployctl::simulated {

// Every provider has instance fields (`token`, a connection secret, and `region`) and counts its connections.
Catalog make_catalog(std::shared_ptr<World> world);

// "sim.hosts/web@app-1"
std::string thing_name(const std::string& action, const Ask& ask);

} // namespace deployctl::simulated
