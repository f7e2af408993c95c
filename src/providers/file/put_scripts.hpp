// The scripts of file.put. `$1` is always the file's absolute path; its folder's `.deployctl/` is "own".
#pragma once

#include <string>

#include "providers/host_script.hpp"
#include "providers/ownership.hpp"

namespace deployctl::providers::file {

inline const std::string put_names = std::string(script_prelude) + ownership_functions + R"sh(path=$1
folder=${path%/*}
name=${path##*/}
own=$folder/.deployctl
note=$own/$name.secret
)sh";

// $2: "secret" when the wanted content is one; then plain bytes are not hashed.
inline const std::string observe_script = put_names + R"sh(
if [ -L "$path" ]; then echo 'kind link'; exit 0; fi
if [ ! -e "$path" ]; then echo 'kind none'; exit 0; fi
if [ ! -f "$path" ]; then echo 'kind other'; exit 0; fi
echo 'kind file'
stat -c 'mode %a
since %Y' "$path"
say_ownership "$path"
if [ -f "$note" ]; then
  { read -r salt; read -r reference; read -r version; read -r fits; } < "$note" || :
  now=$({ printf %s "$salt"; cat "$path"; } | sha256sum | cut -c1-64)
  if [ "$now" = "$fits" ]; then printf 'secret %s\nversion %s\n' "$reference" "$version"; else echo 'secret changed'; fi
elif [ "$2" != secret ]; then
  printf 'sha256 %s\n' "$(sha256sum < "$path" | cut -c1-64)"
fi
)sh";

// $2 mode, $3 name of the copy of the old file ("": there is none), $4 name of the uploaded file in own ("":
// the bytes are standard input), $5 salt, $6 reference ("": not a secret), $7 version, $8 owner, $9 group.
// Where no owner is asked for, a file that is replaced keeps the one it has, if the login may say so.
inline const std::string write_script = put_names + R"sh(
mode=$2 copy=$3 uploaded=$4 salt=$5 reference=$6 version=$7 owner=$8 group=$9
if [ -d "$path" ] && [ ! -L "$path" ]; then give_up 71 "'$path' is a directory"; fi
mkdir -p "$folder/"
(umask 077; mkdir -p "$own")
chmod 0700 "$own"
if [ -n "$copy" ] && [ ! -e "$own/$copy" ] && [ ! -L "$own/$copy" ]; then
  if [ -f "$note" ]; then cp -p "$note" "$own/$copy.secret"; fi
  cp -pP "$path" "$own/$copy.part"
  mv -f "$own/$copy.part" "$own/$copy"
fi
new=$own/$name.new
rm -f "$new"
if [ -n "$uploaded" ]; then cp "$own/$uploaded" "$new"; else (umask 077; cat > "$new"); fi
if [ -f "$path" ] && [ ! -L "$path" ]; then chown "$(stat -c %u:%g "$path")" "$new" 2>/dev/null || :; fi
take_ownership "$new" "$owner" "$group"
chmod "$mode" "$new"
if [ -n "$reference" ]; then
  fits=$({ printf %s "$salt"; cat "$new"; } | sha256sum | cut -c1-64)
  (umask 077; printf '%s\n%s\n%s\n%s\n' "$salt" "$reference" "$version" "$fits" > "$note.new")
  mv -f "$note.new" "$note"
fi
settle "$new"
mv -f "$new" "$path"
if [ -z "$reference" ]; then rm -f "$note"; fi
settle "$folder/" "$own"
)sh";

// $2 name of the copy, made if it is not there yet.
inline const std::string remove_script = put_names + R"sh(
copy=$2
if [ -d "$path" ] && [ ! -L "$path" ]; then give_up 71 "'$path' is a directory"; fi
if [ ! -e "$path" ] && [ ! -L "$path" ]; then rm -f "$note"; exit 0; fi
(umask 077; mkdir -p "$own")
chmod 0700 "$own"
if [ ! -e "$own/$copy" ] && [ ! -L "$own/$copy" ]; then
  if [ -f "$note" ]; then cp -p "$note" "$own/$copy.secret"; fi
  cp -pP "$path" "$own/$copy.part"
  mv -f "$own/$copy.part" "$own/$copy"
fi
settle "$own"
rm -f "$path" "$note"
settle "$folder/"
)sh";

// $2 name of the copy ("": there was no file).
inline const std::string restore_script = put_names + R"sh(
copy=$2
if [ -z "$copy" ]; then rm -f "$path" "$note"; settle "$folder/"; exit 0; fi
if [ ! -e "$own/$copy" ] && [ ! -L "$own/$copy" ]; then give_up 74 "'$own/$copy', the copy of the old file, is gone"; fi
cp -pP "$own/$copy" "$own/$name.new"
mv -f "$own/$name.new" "$path"
if [ -f "$own/$copy.secret" ]; then cp -p "$own/$copy.secret" "$note.new"; mv -f "$note.new" "$note"; else rm -f "$note"; fi
settle "$folder/" "$own"
)sh";

// $2 the copy that stays.
inline const std::string tidy_script = put_names + R"sh(
for old in "$own/$name".before.* "$own/$name".upload.*; do
  case $old in "$own/$2"|"$own/$2.secret") ;; *) rm -f "$old" ;; esac
done
rmdir "$own" 2>/dev/null || :
)sh";

} // namespace deployctl::providers::file
