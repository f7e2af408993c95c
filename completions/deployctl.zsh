#compdef deployctl
# Completion of deployctl for zsh. The binary answers: one candidate a line, "value<TAB>description", then ":directive".
_deployctl() {
  local line directive
  local -a candidates
  while IFS= read -r line; do
    case "$line" in
      :*) directive="${line#:}" ;;
      *$'\t'?*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
      *) candidates+=("${${line%%$'\t'*}//:/\\:}") ;;
    esac
  done < <("${words[1]}" __complete --shell zsh -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( ${#candidates} )) && _describe -V 'deployctl' candidates
  case "$directive" in
    files) _files ;;
    directories) _files -/ ;;
  esac
  return 0
}
if [ "${funcstack[1]}" = "_deployctl" ]; then
  _deployctl "$@"
else
  compdef _deployctl deployctl
fi
