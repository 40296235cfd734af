/*
 * The two shell programs that make and unmake a container. Both take NAME STATE HIERARCHY..., where the hierarchies
 * are mount points of cgroup trees. They are text and not files, so that a bundle has nothing to carry beside it.
 */

const CLEAN = String.raw`
name=$1 state=$2; shift 2

clean() {
  local hierarchy group
  for hierarchy; do
    for group in "$hierarchy/$name" "$hierarchy/machine.slice/$name.scope"; do
      [[ -e $group/cgroup.kill ]] && echo 1 >"$group/cgroup.kill"
      # A group stays busy for a moment after its last process was killed.
      for _ in {1..100}; do
        [[ -d $group ]] || break
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
        sleep 0.05
      done
    done
  done
  rmdir "/run/systemd/nspawn/propagate/$name" 2>/dev/null
  rm -rf --one-file-system "$state"
}
`;

/** Removes what a dead warden left. */
export const SWEEP_SCRIPT = `${CLEAN}clean "$@"`;

/*
 * The warden owns the container. Its standard input is the owner's life-line: the kernel closes it however the
 * owner ends, SIGKILL included, and end-of-file takes everything down. It prints the process id of systemd-nspawn,
 * and in the end, on standard error, the last that the console said.
 *
 * All mounts live in a mount namespace of systemd-nspawn's own and vanish with it. The container is killed and not
 * powered off, for nothing in it is kept; systemd-nspawn itself is left to notice and to tidy up.
 *
 * TESTBED_KEEP_UNIT is "--keep-unit" where no systemd on the outside could make a scope: then the group is ours,
 * one for each container, for systemd-nspawn would put all of them into one.
 */
export const WARDEN_SCRIPT = String.raw`${CLEAN}
umask 022
(
  set -e
  if [[ $TESTBED_KEEP_UNIT ]]; then
    for hierarchy; do
      mkdir "$hierarchy/$name"
      echo "$BASHPID" >"$hierarchy/$name/cgroup.procs"
    done
  fi
  mkdir "$state/fs"
  exec setpriv --pdeathsig TERM unshare --mount --propagation private sh -c '
    set -e
    mount -t tmpfs -o mode=755 testbed "$0/fs"
    cd "$0/fs"
    mkdir upper work root
    cp -r --no-preserve=mode "$0/seed/." upper
    mount -t overlay -o "lowerdir=$TESTBED_LOWER,upperdir=upper,workdir=work" testbed root
    number=0
    printf %s "$TESTBED_LAYERS" | while read -r inside directory; do
      number=$((number + 1))
      mkdir -p "upper$number" "work$number" "root$inside"
      mount -t overlay -o "lowerdir=$directory,upperdir=upper$number,workdir=work$number" testbed "root$inside"
    done
    exec systemd-nspawn --directory=root "$@"
  ' "$state" --machine="$name" --boot --register=no $TESTBED_KEEP_UNIT --console=pipe --private-network \
    --link-journal=no --resolv-conf=off --timezone=off $TESTBED_BINDS systemd.unit="$TESTBED_TARGET"
) </dev/null >"$state/console" 2>&1 &
nspawn=$!
echo "$nspawn"

exec 3<&0
{
  read -r <&3
  while kill -0 "$nspawn"; do
    kill -KILL $(<"/proc/$nspawn/task/$nspawn/children")
    sleep 0.05
  done
} >/dev/null 2>&1 &
lifeline=$!

wait "$nspawn"
kill "$lifeline" 2>/dev/null
console=$(tail -c 8000 "$state/console")
clean "$@"
printf '%s\n' "$console" >&2
`;
