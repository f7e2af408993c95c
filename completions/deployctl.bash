# Completion of deployctl for bash. The binary answers: one candidate a line, "value<TAB>description", then ":directive".

# A list (COMP_TYPE: the second Tab, or where the first one lists) tells what candidates mean; only their words are ever inserted.
_deployctl_describe() {
  case "${COMP_TYPE:-9}" in
    33 | 63 | 64) ;;
    *) return ;;
  esac
  [ "${#COMPREPLY[@]}" -gt 1 ] || return
  local i longest=0 text
  for i in "${COMPREPLY[@]}"; do
    if [ "${#i}" -gt "$longest" ]; then longest="${#i}"; fi
  done
  for i in "${!COMPREPLY[@]}"; do
    [ -n "${descriptions[i]}" ] || continue
    printf -v text '%-*s  %s' "$longest" "${COMPREPLY[i]}" "${descriptions[i]}"
    COMPREPLY[i]="${text:0:${COLUMNS:-80} - 2}"
  done
}

_deployctl() {
  local cur prev words cword # bash-completion sets them by these names
  if declare -F _init_completion >/dev/null; then
    _init_completion -n =: || return
  else
    words=("${COMP_WORDS[@]}")
    cword=$COMP_CWORD
  fi
  cur="${words[cword]}"
  local line directive="" descriptions=()
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) directive="${line#:}" ;;
      *$'\t'*) COMPREPLY+=("${line%%$'\t'*}") descriptions+=("${line#*$'\t'}") ;;
      *) COMPREPLY+=("$line") descriptions+=("") ;;
    esac
  done < <("${words[0]}" __complete --shell bash -- "${words[@]:1:cword}" 2>/dev/null)
  case "$directive" in
    files)
      compopt -o filenames 2>/dev/null
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
      ;;
    directories)
      compopt -o filenames 2>/dev/null
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$cur")
      ;;
    *) _deployctl_describe ;;
  esac
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
  return 0
}
complete -F _deployctl deployctl
