// The scripts of host.release. `$1` is always the root folder; links in it are relative to it
// ("releases/NAME").
//   releases/NAME/         a release; `.NAME.part` while it is uploaded
//   shared/                what all releases have together; never removed
//   failed/NAME/           a release that was taken back, for looking at
//   current                link to the live release
//   .deployctl/listings/   what each release consisted of when it was made
//   .deployctl/switched    the release that the service was last told about, and by which run
#pragma once

#include <string>

#include "providers/host_script.hpp"
#include "providers/ownership.hpp"

namespace deployctl::providers::host {

// Every file's hash and mode and every link below the working folder, and who owns that, in one order, one a
// line.
inline const std::string listing_prelude =
    std::string(script_prelude) + ownership_functions + R"sh(listing() {
  { find . -type f ! -path ./REVISION.json -exec sha256sum {} + | sed 's/^/f /'
    find . -type f ! -path ./REVISION.json -exec stat -c 'm %a %n' {} +
    find . -type l -exec sh -c 'for name do printf "l %s\t%s\n" "$name" "$(readlink "$name")"; done' sh {} +
    say_ownership .
  } | sort
}
)sh";

inline const std::string link_script = std::string(script_prelude) + R"sh(readlink "$1/current" || :
)sh";

// $2 name, $3 owner, $4 group. Says whether that release stands there complete, unchanged and theirs.
inline const std::string verify_script =
    listing_prelude + R"sh(cd "$1" 2>/dev/null || { echo absent; exit 0; }
recorded=.deployctl/listings/$2
if [ -d "releases/$2" ] && [ -f "$recorded" ] && (cd "releases/$2" && listing) | cmp -s - "$recorded" &&
  is_owned "releases/$2" "$3" "$4"; then
  echo present
else
  echo absent
fi
)sh";

// $2 name, $3 KiB that are needed. Makes room for an upload; a release of that name that is not complete goes
// away.
inline const std::string prepare_script = std::string(script_prelude) + R"sh(name=$2
mkdir -p "$1/releases" "$1/shared" "$1/failed" "$1/.deployctl/listings"
cd "$1"
if [ -d "releases/$name" ]; then
  if [ "$(readlink current || :)" = "releases/$name" ]; then give_up 72 "release '$name' is live and was changed"; fi
  rm -rf "failed/$name" ".deployctl/listings/$name"
  mv -T "releases/$name" "failed/$name"
fi
free=$(df -Pk . | { read -r head; read -r device size used free more; echo "$free"; })
if [ "$free" -lt "$3" ]; then give_up 73 "the release needs $3 KiB and $free KiB are free"; fi
)sh";

// $2 name, $3 archive below .deployctl/uploads or "", $4 owner, $5 group, then for each shared link its name,
// link and target.
// Standard input is REVISION.json.
inline const std::string seal_script = listing_prelude + R"sh(name=$2 archive=$3 owner=$4 group=$5
cd "$1"
shift 5
if [ -d "releases/$name" ]; then exit 0; fi
part=releases/.$name.part
if [ -n "$archive" ]; then
  rm -rf "$part"
  mkdir "$part"
  case $archive in
    *.tar) tar -xof ".deployctl/uploads/$archive" -C "$part" ;;
    *) tar -xzof ".deployctl/uploads/$archive" -C "$part" ;;
  esac
fi
mkdir -p "$part"
rm -rf "$part"/.deployctl-*
while [ $# -gt 0 ]; do
  case $3 in
    */) if [ ! -d "shared/$3" ]; then mkdir -p "shared/$3"; take_ownership "shared/${3%/}" "$owner" "$group"; fi ;;
    *) if [ ! -e "shared/$3" ]; then give_up 74 "'shared/$3', to which '$1' is linked, does not exist"; fi ;;
  esac
  if [ "$(readlink "$part/$1" || :)" != "$2" ]; then
    if [ -e "$part/$1" ] || [ -L "$part/$1" ]; then give_up 71 "the release brings '$1' itself, which is to be shared"; fi
    case $1 in */*) mkdir -p "$part/${1%/*}" ;; esac
    ln -s "$2" "$part/$1"
  fi
  shift 3
done
cat > "$part/REVISION.json"
if [ -n "$(find "$part" -name '*
*')" ]; then give_up 71 'a name in the release holds a line break'; fi
take_ownership "$part" "$owner" "$group"
(cd "$part" && listing) > ".deployctl/listings/.$name.new"
mv -f ".deployctl/listings/.$name.new" ".deployctl/listings/$name"
sync -f "$part" 2>/dev/null || sync
mv -T "$part" "releases/$name"
settle releases .deployctl/listings
)sh";

// $2 name. Makes room again when a release could not be sent whole.
inline const std::string discard_script = std::string(script_prelude) + R"sh(cd "$1"
rm -rf "releases/.$2.part" .deployctl/uploads
)sh";

// $2 the wanted link, $3 the link that is expected ("": none). Atomic: a reader sees the old or the new one.
inline const std::string switch_script = std::string(script_prelude) + R"sh(cd "$1"
if [ -e current ] && [ ! -L current ]; then give_up 71 "'$1/current' is not a link"; fi
now=$(readlink current) || now=
if [ "$now" = "$2" ]; then exit 0; fi
if [ "$now" != "$3" ]; then give_up 72 "'current' points to '$now', expected '$3'"; fi
if [ ! -d "$2" ]; then give_up 74 "'$1/$2' is not there"; fi
rm -f .current.new
ln -s "$2" .current.new
mv -T .current.new current
touch "$2"
settle .
)sh";

// $2 the link that is expected. Nothing is live afterwards; releases and shared stay.
inline const std::string unlink_script = std::string(script_prelude) + R"sh(cd "$1" 2>/dev/null || exit 0
now=$(readlink current) || now=
if [ -z "$now" ]; then exit 0; fi
if [ "$now" != "$2" ]; then give_up 72 "'current' points to '$now', expected '$2'"; fi
rm -f current .deployctl/switched
settle .
)sh";

// $2 the link that the service was told about, $3 the run that told it.
inline const std::string mark_script = std::string(script_prelude) + R"sh(cd "$1/.deployctl"
printf '%s\n' "$2" "$3" > .switched.new
mv -f .switched.new switched
settle .
)sh";

// $2 name. A release that was taken back goes to failed/.
inline const std::string set_aside_script = std::string(script_prelude) + R"sh(cd "$1"
if [ ! -d "releases/$2" ] || [ "$(readlink current || :)" = "releases/$2" ]; then exit 0; fi
rm -rf "failed/$2"
mv -T "releases/$2" "failed/$2"
rm -f ".deployctl/listings/$2"
)sh";

// $2 how many stay, $3 the link before the live one, which stays too.
inline const std::string clean_script = std::string(script_prelude) + R"sh(keep=$2 previous=$3
cd "$1"
current=$(readlink current) || current=
for folder in releases failed; do
  count=0
  ls -1t "$folder" | while IFS= read -r name; do
    if [ ! -f "$folder/$name/REVISION.json" ]; then continue; fi
    count=$((count + 1))
    if [ "$count" -le "$keep" ]; then continue; fi
    case $folder/$name in "$current"|"$previous") continue ;; esac
    rm -rf "$folder/$name"
    if [ "$folder" = releases ]; then rm -f ".deployctl/listings/$name"; fi
    printf 'removed %s/%s\n' "$folder" "$name"
  done
done
rm -rf releases/.*.part .deployctl/uploads
)sh";

} // namespace deployctl::providers::host
