// The scripts by which compose.project changes a host. `$1` is the engine's socket as in scripts.hpp, which
// also tells what lies where.
#pragma once

#include <string>

#include "providers/compose/scripts.hpp"

namespace deployctl::providers::compose {

// $2 path, $3 KiB that are needed, $4 name. A release of that name that is not as it was made goes away.
inline const std::string prepare_script = std::string(script_prelude) + R"sh(
mkdir -p "$2/releases" "$2/.deployctl"
chmod 0700 "$2/.deployctl"
cd "$2"
if [ -d "releases/$4" ]; then
  if [ "$(readlink current || :)" = "releases/$4" ]; then give_up 72 "release '$4' is live and was changed"; fi
  rm -rf "releases/$4"
fi
free=$(df -Pk . | { read -r head; read -r device size used free more; echo "$free"; })
if [ "$free" -lt "$3" ]; then give_up 73 "the release needs $3 KiB and $free KiB are free"; fi
)sh";

// $2 path, $3 name, $4 the generation of Compose (1 or 2), $5 the file that pins images, $6 the images, one a
// line, then the command that checks the project. Standard input is REVISION.json. The variables become .env
// in quotes that this Compose takes literally, and never stand on a command line.
inline const std::string seal_script = compose_prelude + R"sh(use_engine "$1"
path=$2 name=$3 generation=$4 pins=$5 images=$6
shift 6
refuse() { give_up 71 "the value of '$1' has $2, which the .env of this Compose cannot hold"; }
quoted() {
  case $2 in
    *'
'*) refuse "$1" 'a line break' ;;
  esac
  case $generation$2 in
    1*) printf "%s='%s'\n" "$1" "$(printf '%s' "$2" | sed "s/\\\\/\\\\\\\\/g; s/'/\\\\'/g")" ;;
    2*\'*) refuse "$1" 'a single quote' ;;
    2*\\) refuse "$1" 'a backslash at its end' ;;
    *) printf "%s='%s'\n" "$1" "$2" ;;
  esac
}
cd "$path"
if [ -d "releases/$name" ]; then exit 0; fi
part=releases/.$name.part
rm -rf "$part"/.deployctl-* "$part"/.env.new
umask 077
cat >"$part/REVISION.json"
printf '%s\n' "$pins" >"$part/.deployctl-images.json"
printf '%s\n' "$images" >"$part/.deployctl-needs"
if [ -n "${DEPLOYCTL_NAMES-}" ]; then
  for one in $DEPLOYCTL_NAMES; do
    eval "value=\${DEPLOYCTL_VALUE_$one-}; unset DEPLOYCTL_VALUE_$one"
    quoted "$one" "$value"
  done >"$part/.env.new"
  mv -f "$part/.env.new" "$part/.env"
  (cd "$part" && sha256sum .env >.deployctl-env)
fi
unset value
(cd "$part" && find . -type f ! -name REVISION.json ! -name '.deployctl-*' -exec sha256sum {} + >.deployctl-listing)
if ! (cd "$part" && "$@" </dev/null >/dev/null); then give_up 71 'Compose does not accept the project'; fi
sync -f "$part" 2>/dev/null || sync
mv -T "$part" "releases/$name"
settle releases
)sh";

// $2 path, $3 name. Makes room again when a release could not be sent whole.
inline const std::string discard_script = std::string(script_prelude) + R"sh(rm -rf "$2/releases/.$3.part"
)sh";

// Images, by digest; one that is there costs nothing.
inline const std::string pull_script = compose_prelude + R"sh(use_engine "$1"
shift
for image; do
  if docker image inspect "$image" >/dev/null 2>&1 </dev/null; then continue; fi
  printf 'pulling %s\n' "$image"
  docker pull --quiet "$image" </dev/null
done
)sh";

// $2 the folder, then the command.
inline const std::string run_script_text = compose_prelude + R"sh(use_engine "$1"
cd "$2" || give_up 74 "the release '$2' is not there"
shift 2
exec "$@" </dev/null
)sh";

// $2 path, $3 "releases/NAME" or "": what Compose runs from now on.
inline const std::string note_up_script = std::string(script_prelude) + R"sh(mkdir -p "$2/.deployctl"
cd "$2/.deployctl"
if [ -z "$3" ]; then rm -f up; else printf '%s\n' "$3" >.up.new; mv -f .up.new up; fi
settle .
)sh";

// $2 path, $3 "releases/NAME", or "": nothing is live afterwards. Standard input is what is noted of it.
inline const std::string record_script = std::string(script_prelude) + R"sh(cd "$2"
if [ -e current ] && [ ! -L current ]; then give_up 71 "'$2/current' is not a link"; fi
mkdir -p .deployctl
cat >.deployctl/.live.new
if [ -z "$3" ]; then
  rm -f current .deployctl/.live.new .deployctl/live .deployctl/up
else
  mv -f .deployctl/.live.new .deployctl/live
  rm -f .current.new
  ln -s "$3" .current.new
  mv -T .current.new current
  touch "$3"
fi
settle . .deployctl
)sh";

// $2 path, $3 how many stay, $4 the release before the live one ("releases/NAME"), $5 "prune" or "". Images
// go when no release that stays needs them and no container was made of them; volumes are not looked at.
inline const std::string clean_script = compose_prelude + R"sh(use_engine "$1"
cd "$2"
keep=$3 previous=$4 prune=$5
current=$(readlink current) || current=
count=0
gone=
for name in $(ls -1t releases); do
  if [ ! -f "releases/$name/REVISION.json" ]; then continue; fi
  count=$((count + 1))
  if [ "$count" -le "$keep" ]; then continue; fi
  case releases/$name in "$current"|"$previous") continue ;; esac
  if [ -f "releases/$name/.deployctl-needs" ]; then gone="$gone $(tr '\n' ' ' <"releases/$name/.deployctl-needs")"; fi
  rm -rf "releases/$name"
  printf 'removed releases/%s\n' "$name"
done
rm -rf releases/.*.part
if [ "$prune" != prune ]; then exit 0; fi
for image in $gone; do
  if cat releases/*/.deployctl-needs 2>/dev/null | grep -qxF "$image"; then continue; fi
  if docker image rm "$image" >/dev/null 2>&1 </dev/null; then printf 'removed %s\n' "$image"; fi
done
)sh";

// $2 path, $3 "releases/NAME": a release that was taken back goes away unless it is live.
inline const std::string set_aside_script = std::string(script_prelude) + R"sh(cd "$2"
if [ "$(readlink current || :)" = "$3" ] || [ ! -d "$3" ]; then exit 0; fi
mkdir -p failed
rm -rf failed/*
mv -T "$3" "failed/${3#releases/}"
)sh";

} // namespace deployctl::providers::compose
