// The reading scripts of compose.project; those that change something are work_scripts.hpp. `$1` is always
// the engine's socket on the host, or "" for the one that the client finds itself. Questions have nobody to
// answer them: standard input of every program is empty.
//   PATH/releases/NAME/             a release: the tree, .env, our file that pins images, REVISION.json;
//                                   `.NAME.part` while it is uploaded
//   PATH/current                    link to the live release
//   PATH/.deployctl/up              the release that Compose was last told to run
//   PATH/.deployctl/live            Compose's digests by service, as they were when the release was proven
#pragma once

#include <string>

#include "providers/host_facts_script.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::compose {

// `compose ARGUMENTS` is the Compose that is there; `told_tool` says which.
inline const std::string compose_prelude = std::string(script_prelude) + R"sh(use_engine() {
  if [ -n "$1" ]; then DOCKER_HOST=unix://$1; export DOCKER_HOST; fi
  unset COMPOSE_FILE COMPOSE_PROFILES COMPOSE_PROJECT_NAME COMPOSE_ENV_FILES COMPOSE_PATH_SEPARATOR
  unset COMPOSE_REMOVE_ORPHANS COMPOSE_IGNORE_ORPHANS COMPOSE_ANSI DOCKER_DEFAULT_PLATFORM
}
find_compose() {
  compose_kind=
  case $(docker compose version 2>/dev/null </dev/null || :) in
    *ompose*version*) compose_kind=plugin ;;
    *) if command -v docker-compose >/dev/null 2>&1; then compose_kind=program; fi ;;
  esac
}
compose() {
  if [ "$compose_kind" = plugin ]; then docker compose "$@"; else docker-compose "$@"; fi
}
give_variables() {
  for name in ${DEPLOYCTL_NAMES-}; do eval "$name=\${DEPLOYCTL_VALUE_$name-}; export $name"; done
}
)sh";

// The containers of project `$1` and its volumes, one JSON object a line; of variables nothing.
// What vanishes between two questions is asked for anew; the names are those of the client's own types, since
// by those of the API a container without a check of its health is an error.
inline const std::string listing_functions = R"sh(inspected() {
  asked=0 before=
  while [ "$asked" -lt 5 ]; do
    asked=$((asked + 1))
    if [ "$1" = container ]; then
      all=$(docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$2")
    else
      all=$(docker volume ls --quiet --filter "label=com.docker.compose.project=$2")
    fi
    if [ -z "$all" ]; then return 0; fi
    if found=$(docker inspect --type "$1" --format "$3" $all </dev/null); then
      printf '%s\n' "$found"
      return 0
    fi
    if [ "$all" = "$before" ]; then break; fi
    before=$all
  done
  return 1
}
containers() {
  inspected container "$1" '{"id":{{json .ID}},"name":{{json .Name}},"image":{{json .Config.Image}},"image_id":{{json .Image}},"service":{{json (index .Config.Labels "com.docker.compose.service")}},"hash":{{json (index .Config.Labels "com.docker.compose.config-hash")}},"folder":{{json (index .Config.Labels "com.docker.compose.project.working_dir")}},"one_off":{{json (index .Config.Labels "com.docker.compose.oneoff")}},"status":{{json .State.Status}},"exit_code":{{json .State.ExitCode}},"out_of_memory":{{json .State.OOMKilled}},"started_at":{{json .State.StartedAt}},"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}""{{end}},"restarts":{{json .RestartCount}},"mounts":{{json .Mounts}}}'
}
volumes() {
  inspected volume "$1" '{"name":{{json .Name}},"driver":{{json .Driver}},"options":{{json .Options}},"key":{{json (index .Labels "com.docker.compose.volume")}}}'
}
)sh";

// $2 project, $3 path, then what stands between Compose and `config`; nothing: no project is rendered.
// Standard input is a tar of the files that Compose reads, unpacked in a folder of its own that goes away
// again: the one thing that this leaves nothing of. DEPLOYCTL_NAMES names the variables, DEPLOYCTL_VALUE_NAME
// holds them.
inline const std::string observe_script = compose_prelude + listing_functions + facts_functions + R"sh(
render() (
  place=$(mktemp -d "${TMPDIR:-/tmp}/deployctl-compose.XXXXXXXXXX")
  trap 'rm -rf "$place"' EXIT
  trap 'exit 143' HUP INT TERM
  mkdir "$place/project"
  tar -xof - -C "$place/project"
  cd "$place/project"
  printf 'place %s\n' "$(pwd -P)"
  give_variables
  if [ "$compose_kind" = plugin ]; then set -- "$@" config --format json; else set -- "$@" config; fi
  if compose --project-name "$project" "$@" >"$place/model" 2>"$place/said" </dev/null; then
    under model <"$place/model"
  else
    printf 'refused Compose ended with exit status %s\n' "$?"
    under refused <"$place/said"
  fi
)
live() {
  if [ -d "$path" ]; then (cd "$path" && pwd -P) | told root; fi
  if [ -d "$path/releases" ]; then ls -1t "$path/releases" | head -n 200 | under kept; fi
  if [ -f "$path/.deployctl/up" ]; then told up <"$path/.deployctl/up"; fi
  if [ -f "$path/.deployctl/live" ]; then tr -d '\n' <"$path/.deployctl/live" | told live; fi
  link=$(readlink "$path/current" 2>/dev/null) || link=
  if [ -z "$link" ]; then
    if [ -e "$path/current" ]; then echo 'blocked current'; fi
    return 0
  fi
  printf '%s\n' "$link" | told current
  stat -c %Y "$path/current" | told since || :
  cd "$path/current/" 2>/dev/null || { echo 'dangling current'; return 0; }
  if [ -f REVISION.json ]; then tr -d '\n' <REVISION.json | told revision; fi
  find . -type f ! -name REVISION.json ! -name '.deployctl-*' ! -path ./.env -exec sha256sum {} + | under now
  if [ -f .deployctl-env ] && ! sha256sum -c .deployctl-env >/dev/null 2>&1; then echo 'changed .env'; fi
}
engine=$1 project=$2 path=$3
shift 3
facts
ask_disk "$path"
ask_tool docker
answer
use_engine "$engine"
find_compose
if [ -n "$compose_kind" ]; then compose version 2>/dev/null </dev/null | told "tool $compose_kind"; fi
if command -v docker >/dev/null 2>&1; then
  if said=$(docker version --format '{{.Server.Version}}' 2>&1 </dev/null); then
    printf '%s\n' "$said" | told engine
    rows=$(containers "$project")
    printf '%s\n' "$rows" | under container
    rows=$(volumes "$project")
    printf '%s\n' "$rows" | under volume
  else
    printf '%s\n' "$said" | tail -n 1 | told no-engine
  fi
fi
(live)
if [ -n "$compose_kind" ] && [ $# -gt 0 ]; then render "$@"; fi
finish
)sh";

// $2 project, then images: what runs, and what each image is in this engine.
inline const std::string look_script = compose_prelude + listing_functions + R"sh(use_engine "$1"
project=$2
shift 2
rows=$(containers "$project")
printf '%s\n' "$rows" | sed 's/^/container /'
for image; do
  printf 'image %s %s\n' "$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null </dev/null || echo -)" "$image"
done
)sh";

// $2 a container.
inline const std::string log_script = compose_prelude + R"sh(use_engine "$1"
docker logs --tail 20 "$2" 2>&1 </dev/null || :
)sh";

// $2 path, $3 name: whether that release stands there complete and as it was made.
inline const std::string present_script = std::string(script_prelude) + R"sh(
if cd "$2/releases/$3" 2>/dev/null && [ -f REVISION.json ] && sha256sum -c .deployctl-listing >/dev/null 2>&1; then
  echo present
else
  echo absent
fi
)sh";

} // namespace deployctl::providers::compose
