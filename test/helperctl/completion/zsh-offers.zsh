# usage: zsh -f zsh-offers.zsh DIRECTORY-OF-_helperctl LINE
# Types a line and a tab into an interactive zsh, and prints what it offers, one a line.
zmodload zsh/zpty
directory=$1 line=$2
export OFFERS=$(mktemp) SETUP=$(mktemp)
cat >$SETUP <<'SETUP'
PS1= RPS1=
unsetopt prompt_sp
fpath=($COMPLETIONS $fpath)
autoload -Uz compinit
compinit -D -u
bindkey '^I' complete-word
compadd() {
  # -O, -A and -D only ask what would match.
  if [[ " ${(j: :)@} " != *' -'[OAD]' '* ]]; then
    local -a hits
    builtin compadd -O hits "$@"
    print -rl -- $hits >>$OFFERS
  fi
  builtin compadd "$@"
}
finished() { print -r -- FINI''SHED }
comppostfuncs=(finished)
print -r -- REA''DY
SETUP
export COMPLETIONS=$directory
zpty shell zsh -f -i
zpty -w shell "source $SETUP"
zpty -r shell ignored '*READY*'
zpty -n -w shell "$line"$'\t'
zpty -r shell ignored '*FINISHED*'
zpty -d shell
cat $OFFERS
rm -f $OFFERS $SETUP
