// The scripts that speak to HAProxy's runtime API. `$1` is its socket, `$2` the backend. The commands stand
// here and not in the input, so that what is listed as reading cannot write.
#pragma once

#include <string>

#include "providers/host_script.hpp"

namespace deployctl::providers::docker {

// `talk` sends standard input and says the answer, with whichever tool there is; `tell` is for what sets
// something. `plain` refuses a word that would begin a second command.
inline const std::string haproxy_prelude = std::string(script_prelude) + R"sh(socket=$1 backend=$2
shift 2
if [ ! -S "$socket" ]; then give_up 74 "there is no socket '$socket'"; fi
if [ ! -w "$socket" ]; then give_up 77 "Permission denied for the socket '$socket'"; fi
plain() {
  for word in "$@"; do
    case $word in '' | *[!A-Za-z0-9_.:-]*) give_up 71 "'$word' is no name for HAProxy" ;; esac
  done
}
talk() {
  if command -v socat >/dev/null 2>&1; then
    socat -t 10 - "UNIX-CONNECT:$socket"
  elif command -v perl >/dev/null 2>&1; then
    perl -MIO::Socket::UNIX -e '
      alarm 10;
      my $to = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "cannot connect to $ARGV[0]: $!\n";
      print $to $_ while <STDIN>;
      $to->flush;
      print while <$to>;' "$socket"
  elif command -v python3 >/dev/null 2>&1; then
    python3 -c '
import socket, sys
to = socket.socket(socket.AF_UNIX)
to.settimeout(10)
to.connect(sys.argv[1])
to.sendall(sys.stdin.buffer.read())
for part in iter(lambda: to.recv(65536), b""):
    sys.stdout.buffer.write(part)' "$socket"
  else
    give_up 74 "socat, perl or python3 is needed to speak to HAProxy"
  fi
}
# What a command that sets something answers is words, also when all is well.
tell() {
  said=$(talk)
  case $said in
    *"Permission denied"*) give_up 77 "Permission denied: the socket '$socket' needs 'level admin'" ;;
    *"No such"* | *"Can't find"* | *"Unknown command"* | *Invalid*) give_up 75 "HAProxy says: $said" ;;
  esac
}
plain "$backend"
)sh";

inline const std::string haproxy_state_script = haproxy_prelude + R"sh(
printf 'show servers state %s; show stat %s 4 -1\n' "$backend" "$backend" | talk
)sh";

// $3 the server, $4 the address, $5 the port: from now on it takes requests for them. Whether the container
// is well has been asked already.
inline const std::string haproxy_open_script = haproxy_prelude + R"sh(
plain "$@"
server=$backend/$1
printf 'set server %s state maint; set server %s addr %s port %s; set server %s state ready; set server %s health up\n' \
  "$server" "$server" "$2" "$3" "$server" "$server" | tell
)sh";

// $3 the server, $4 drain: it ends what it has begun; maint: it takes no part.
inline const std::string haproxy_close_script = haproxy_prelude + R"sh(
plain "$@"
case $2 in drain | maint) ;; *) give_up 71 "'$2' is no state to close a server" ;; esac
printf 'set server %s state %s\n' "$backend/$1" "$2" | tell
)sh";

// $3 the file that HAProxy reads when it starts: all backends, since it reads one file.
inline const std::string haproxy_save_script = haproxy_prelude + R"sh(file=$1
printf 'show servers state\n' | talk >"$file.deployctl-new"
if ! grep -q be_name "$file.deployctl-new"; then give_up 75 "HAProxy does not tell its servers' state"; fi
settle "$file.deployctl-new"
mv -f "$file.deployctl-new" "$file"
)sh";

} // namespace deployctl::providers::docker
