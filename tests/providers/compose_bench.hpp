// compose.project on this machine with an engine and a Compose of shell text in front of the system's:
// containers are files of one JSON object each, images and volumes are names in a list, and every command
// that changes something is written down. It renders what the benches' own compose.yaml needs, no more; the
// real ones are met in the e2e tests.
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/strings.hpp"
#include "os/files.hpp"
#include "providers/compose/project.hpp"
#include "providers/workbench.hpp"

namespace deployctl::tests {

inline constexpr const char* compose_engine = R"sh(#!/bin/sh
set -eu
here=${0%/*}
state=$here/state
for last; do :; done
case "$1 ${2-}" in
  "compose "*)
    if [ ! -f "$state/plugin" ]; then echo "docker: 'compose' is not a docker command." >&2; exit 1; fi
    shift
    exec "$here/docker-compose" "$@" ;;
  "version "*)
    if [ -f "$state/dead" ]; then echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi
    echo 20.10.24 ;;
  "--version ") echo 'Docker version 20.10.24' ;;
  "ps "*) for file in "$state"/containers/*; do if [ -f "$file" ]; then echo "${file##*/}"; fi; done ;;
  "inspect --type") kind=$3; shift 5; for id; do cat "$state/${kind}s/$id"; done ;;
  "volume ls") for file in "$state"/volumes/*; do if [ -f "$file" ]; then echo "${file##*/}"; fi; done ;;
  "image inspect") grep -qxF "$last" "$state/images"; echo "id-$last" ;;
  "image rm") grep -vxF "$last" "$state/images" >"$state/images.new" || :; mv "$state/images.new" "$state/images" ;;
  "pull --quiet") echo "pull $last" >>"$state/calls"; echo "$last" >>"$state/images" ;;
  "logs --tail") echo 'no such table: users' ;;
  *) echo "the engine of tests does not know: $*" >&2; exit 64 ;;
esac
)sh";

inline constexpr const char* compose_program = R"sh(#!/bin/sh
set -eu
state=${0%/*}/state
project= main=
image_of() {
  image=$(sed -n "s/.*\"$1\":{\"image\":\"\([^\"]*\)\".*/\1/p" .deployctl-images.json)
  if [ -z "$image" ]; then image=$(sed -n "/^  $1:/,/^  [a-z]/s/^    image: //p" "$main" | head -n 1); fi
  printf '%s' "$image"
}
version_of() {
  if [ -n "${VERSION-}" ]; then printf '%s' "$VERSION"; else sed -n "s/^VERSION='\(.*\)'\$/\1/p" .env 2>/dev/null || :; fi
}
services() { sed -n 's/^  \([a-z]*\):$/\1/p' "$main"; }
make_one() {
  image=$(image_of "$1")
  hash=$(printf '%s %s' "$image" "$(version_of)" | cksum | tr -d ' ')
  id=$1-$hash
  if [ -f "$state/containers/$id" ]; then return 0; fi
  rm -f "$state/containers/$1"-*
  status=running code=0
  case $image in *crash*) status=exited code=3 ;; esac
  printf '{"id":"%s","name":"/%s_%s_1","service":"%s","image":"%s","image_id":"id-%s","hash":"%s","folder":"%s","one_off":"False","status":"%s","exit_code":%s,"out_of_memory":false,"started_at":"2026-01-01T00:00:00Z","health":"","restarts":0,"mounts":[]}\n' \
    "$id" "$project" "$1" "$1" "$image" "$image" "$hash" "$(pwd -P)" "$status" "$code" >"$state/containers/$id"
}
if [ "$1" = version ]; then
  if [ -f "$state/plugin" ]; then echo 'Docker Compose version v2.17.2'; else echo 'docker-compose version 1.29.2, build unknown'; fi
  exit 0
fi
while [ $# -gt 0 ]; do
  case $1 in
    --project-name) project=$2; shift 2 ;;
    --file) main=${main:-$2}; shift 2 ;;
    --profile) shift 2 ;;
    *) break ;;
  esac
done
command=$1
shift
if grep -q 'nonsense' "$main"; then echo "Additional properties are not allowed ('nonsense' was unexpected)" >&2; exit 1; fi
case $command in
  config)
    if [ "${1-}" = --quiet ]; then exit 0; fi
    cat "$main" | sed "s/\${VERSION}/$(version_of)/" | while IFS= read -r line; do
      case $line in
        "    image: "*) ;;
        "  "[a-z]*:)
          printf '%s\n' "$line"
          name=${line#  } name=${name%:}
          case " $(services | tr '\n' ' ')" in *" $name "*) printf '    image: %s\n' "$(image_of "$name")" ;; esac ;;
        *) printf '%s\n' "$line" ;;
      esac
    done ;;
  up)
    echo "up $*" >>"$state/calls"
    if [ -f "$state/question" ]; then cat "$state/question" >&2; exit 0; fi
    if [ -f "$state/failure" ]; then cat "$state/failure" >&2; exit 1; fi
    for service in $(services); do make_one "$service"; done ;;
  rm)
    shift 2
    for service; do echo "rm $service" >>"$state/calls"; rm -f "$state/containers/$service"-*; done ;;
  down)
    echo "down $*" >>"$state/calls"
    rm -f "$state"/containers/* ;;
  *) echo "the Compose of tests does not know: $command" >&2; exit 64 ;;
esac
)sh";

// The programs, in a folder that outlives the bench's connection.
class ComposePrograms {
public:
  ComposePrograms() : folder_(os::TemporaryDirectory::create("/tmp", "deployctl-compose-bench-").value()) {
    for (const char* name : {"state/containers", "state/volumes"})
      must(os::make_directories(programs() + "/" + name));
    put("docker", compose_engine, 0755);
    put("docker-compose", compose_program, 0755);
    put("state/images", "", 0644);
    put("state/calls", "", 0644);
  }
  [[nodiscard]] const std::string& programs() const { return folder_.path(); }
  void put(const std::string& name, const std::string& bytes, unsigned mode = 0644) const {
    must(os::atomic_write(programs() + "/" + name, bytes, mode));
  }

private:
  static void must(const Status& done) {
    if (!done) throw std::runtime_error(done.error().message);
  }

  os::TemporaryDirectory folder_;
};

class ComposeBench final : private ComposePrograms, public Workbench {
public:
  ComposeBench() : Workbench(providers::compose::make_project(), ComposePrograms::programs()) {
    services({"api"});
    write("compose/nginx.conf", "listen 80;\n");
  }

  // The Compose file anew, with an image by digest for each service.
  void services(const std::vector<std::string>& names, const std::string& more = {}) const {
    std::string text = "services:\n";
    for (const std::string& name : names)
      text += "  " + name + ":\n    image: " + image(name) +
              "\n    environment:\n      VERSION: \"${VERSION}\"\n";
    write("compose/compose.yaml", text + more);
  }
  static std::string image(const std::string& name) { return name + "@sha256:" + std::string(64, '0'); }

  Value::Map project(const std::string& version = "1", Value::Map more = {}) {
    Value::Map inputs = {{"name", "shop"},
                         {"path", path("srv/shop")},
                         {"source", tree("compose")},
                         {"env", Value::Map{{"VERSION", version}}}};
    for (auto& [name, value] : more) inputs.insert_or_assign(name, value);
    return inputs;
  }

  void state(const std::string& name, const std::string& bytes) const { put("state/" + name, bytes); }
  [[nodiscard]] std::string state(const std::string& name) const {
    return os::read_file(programs() + "/state/" + name, 1U << 20).value_or("(none)");
  }
  void forget(const std::string& name) const { std::remove((programs() + "/state/" + name).c_str()); }
  // Commands so far that changed something, and forgets them.
  [[nodiscard]] std::vector<std::string> calls() const {
    std::vector<std::string> all;
    const std::string text = state("calls");
    for (const std::string_view line : split(text, '\n'))
      if (!line.empty()) all.emplace_back(line);
    put("state/calls", "");
    return all;
  }
  [[nodiscard]] std::string live(const std::string& name) const { return read("srv/shop/current/" + name); }
};

} // namespace deployctl::tests
