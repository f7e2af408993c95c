#!/bin/sh
# Installs a release of deployctl from its archive: checks the digest first, then puts binary, completions and manual below a
# prefix. Everything is a value: DEPLOYCTL_URL (where the archives and SHA256SUMS are), DEPLOYCTL_VERSION, DEPLOYCTL_PREFIX.
set -eu

say() { printf 'install: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Read as a whole before any of it runs, so that a download that breaks off does nothing.
main() {
  url="${DEPLOYCTL_URL:?where the release is: set DEPLOYCTL_URL}"
  version="${DEPLOYCTL_VERSION:?which one: set DEPLOYCTL_VERSION}"
  prefix="${DEPLOYCTL_PREFIX:-$HOME/.local}"
  case "$url" in
    https://*) protocol='=https' ;; # also after a redirect
    http://127.0.0.1:* | http://localhost:*) protocol='=http' ;;
    *) die "'$url' is not https" ;;
  esac
  system="$(uname -s)"
  case "$(uname -m)" in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) die "there is no release for $(uname -m)" ;;
  esac
  for program in curl tar; do
    command -v "$program" >/dev/null || die "'$program' is needed"
  done

  archive="deployctl-$version-$system-$machine.tar.gz"
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  curl -fsSL --proto "$protocol" --retry 3 -o "$work/SHA256SUMS" "$url/SHA256SUMS" || die "cannot get $url/SHA256SUMS"
  wanted="$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")"
  [ -n "$wanted" ] || die "SHA256SUMS does not name $archive"
  curl -fsSL --proto "$protocol" --retry 3 -o "$work/$archive" "$url/$archive" || die "cannot get $url/$archive"
  if command -v sha256sum >/dev/null; then found="$(sha256sum "$work/$archive")"; else found="$(shasum -a 256 "$work/$archive")"; fi
  found="${found%% *}"
  [ "$found" = "$wanted" ] || die "$archive has the digest $found, and $wanted was announced; nothing was installed"

  tar -xzf "$work/$archive" -C "$work"
  mkdir -p "$prefix/bin" "$prefix/share"
  # The binary last and by a rename: whoever runs it meanwhile has the old one or the new one.
  cp -R "$work/${archive%.tar.gz}/share/." "$prefix/share/"
  cp "$work/${archive%.tar.gz}/bin/deployctl" "$prefix/bin/.deployctl.new"
  mv -f "$prefix/bin/.deployctl.new" "$prefix/bin/deployctl"
  say "deployctl $version is in $prefix/bin"
  case ":$PATH:" in
    *":$prefix/bin:"*) ;;
    *) say "add $prefix/bin to your PATH" ;;
  esac
}

main "$@"
