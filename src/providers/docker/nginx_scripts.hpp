// The scripts that write nginx's upstream and reload it. `$1` is the file, `$2` nginx's pid file. What was
// read by the running workers is kept beside the file under another name, so that a reload that never
// happened is seen.
#pragma once

#include <string>

#include "providers/host_script.hpp"

namespace deployctl::providers::docker {

// `workers serving` and `workers quitting` say the numbers of the master's workers, one a line.
inline const std::string nginx_prelude = std::string(script_prelude) + R"sh(file=$1 pid_file=$2
shift 2
loaded=$file.deployctl-loaded
master=$(cat "$pid_file" 2>/dev/null) || master=
case $master in '' | *[!0-9]*) master= ;; esac
if [ -n "$master" ] && ! [ -d "/proc/$master" ]; then master=; fi
workers() {
  for place in /proc/[0-9]*; do
    { read -r line <"$place/stat"; } 2>/dev/null || continue
    rest=${line##*) }
    rest=${rest#* }
    if [ "${rest%% *}" != "$master" ]; then continue; fi
    title=$(tr '\000' ' ' 2>/dev/null <"$place/cmdline") || continue
    case $title in
      "nginx: worker process is shutting down"*) kind=quitting ;;
      "nginx: worker process"*) kind=serving ;;
      *) continue ;;
    esac
    if [ "$kind" = "$1" ]; then echo "${place#/proc/}"; fi
  done
}
)sh";

inline const std::string nginx_state_script = nginx_prelude + R"sh(
if [ -e "$file" ]; then
  if cmp -s "$file" "$loaded"; then echo "loaded yes"; fi
  sed 's/^/text /' "$file"
fi
if [ -n "$master" ]; then
  echo "runs yes"
  quitting=$(workers quitting | wc -l)
  echo "quitting" $quitting
fi
)sh";

// $3 nginx's configuration; the file's text is standard input. Done again it ends the same.
inline const std::string nginx_write_script = nginx_prelude + R"sh(config=$1
PATH=$PATH:/usr/local/sbin:/usr/sbin # where nginx is and a user's own PATH may not lead
new=$file.deployctl-new
old=$file.deployctl-old
if [ -z "$master" ]; then give_up 74 "nginx does not run: '$pid_file' names no process"; fi
cat >"$new"
if [ -e "$file" ] && ! [ -e "$old" ]; then cp -p "$file" "$old"; fi
settle "$new"
mv -f "$new" "$file"
restore() { if [ -e "$old" ]; then mv -f "$old" "$file"; else rm -f "$file"; fi; }
if ! nginx -t -q -c "$config" >&2; then
  restore
  give_up 71 "nginx refuses its configuration with '$file'"
fi
before=" $(workers serving | tr '\n' ' ') "
kill -HUP "$master"
looks=0
while :; do
  state=none
  for worker in $(workers serving); do
    case $before in
      *" $worker "*) state=old; break ;;
      *) state=new ;;
    esac
  done
  if [ "$state" = new ]; then break; fi
  looks=$((looks + 1))
  if [ "$looks" -gt 150 ]; then
    restore
    rm -f "$loaded" # the reload may still come
    give_up 75 "nginx did not take up its configuration: its error log says why"
  fi
  sleep 0.1 2>/dev/null || sleep 1
done
cp "$file" "$loaded.new"
settle "$loaded.new"
mv -f "$loaded.new" "$loaded"
rm -f "$old"
)sh";

} // namespace deployctl::providers::docker
