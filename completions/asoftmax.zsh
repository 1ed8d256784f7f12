#compdef asoftmax
_asoftmax() {
  local -a lines
  lines=("${(@f)$(asoftmax __complete "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  if [[ $lines[1] == files ]]; then
    compset -P '--*='
    _files
    return
  fi
  local -a space
  [[ $lines[1] == open ]] && space=(-S '')
  lines=("${(@)lines[2,-1]//:/\\:}")
  lines=("${(@)lines/$'\t'/:}")
  _describe asoftmax lines "${space[@]}"
}
if [[ $funcstack[1] == _asoftmax ]]; then _asoftmax; else compdef _asoftmax asoftmax; fi
