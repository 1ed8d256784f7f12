_asoftmax() {
  local IFS=$' \t\n' words word kind
  local line=${COMP_LINE:0:COMP_POINT} breaks=${COMP_WORDBREAKS//[^=:]/}
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=${words[${#words[@]}-1]}
  local typed=$word
  [[ -n $breaks ]] && typed=${word##*[$breaks]}
  COMPREPLY=()
  {
    read -r kind
    while IFS=$'\t' read -r candidate _; do
      COMPREPLY+=("${candidate#"${word%"$typed"}"}")
    done
  } < <(asoftmax __complete "${words[@]:1}" 2>/dev/null)
  if [[ $kind == open ]]; then compopt -o nospace; fi
  if [[ $kind == files ]]; then compopt -o default; fi
} 2>/dev/null
complete -F _asoftmax asoftmax
