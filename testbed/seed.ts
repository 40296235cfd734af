import { randomBytes } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The unit whose cgroup holds what the testbed runs inside, so that PID 1 can name a unit for each such process. */
export const HOLDER_UNIT = "testbed.service";

/** A target of our own, because multi-user.target would start every service that this machine has enabled. */
export const BOOT_TARGET = "testbed.target";

const TARGET = `[Unit]
Description=What a testbed needs
Requires=basic.target
Wants=dbus.service polkit.service systemd-user-sessions.service ${HOLDER_UNIT}
After=basic.target dbus.service polkit.service systemd-user-sessions.service ${HOLDER_UNIT}
AllowIsolate=yes
`;

const HOLDER = `[Unit]
Description=Holds what is run from outside

[Service]
Type=exec
ExecStart=/bin/sleep infinity
Delegate=yes
`;

// The machine's own disks do not exist inside, and a missing one ends the boot in emergency mode.
const DISK_TABLES = ["etc/fstab", "etc/crypttab"];

// A container may not mount huge pages, and systemd 262 calls that a failure.
const MASKED_UNITS = ["timers.target", "dev-hugepages.mount"];

/*
 * They look at disks, terminals and the kernel's command line, of which a container has none of its own, and take half of
 * the time of each `systemctl daemon-reload`.
 */
const MASKED_GENERATORS = [
  ...["debug", "fstab", "getty", "gpt-auto", "hibernate-resume", "import", "rc-local", "run", "ssh"],
  ...["system-update", "sysv", "tpm2"],
].map((name) => `systemd-${name}-generator`);

/** Writes what the container has on top of the machine's own files from the first moment. */
export function writeSeed(directory: string, hostname: string, bus: "dbus-daemon" | "dbus-broker"): void {
  const files: Record<string, string> = {
    "etc/hostname": `${hostname}\n`,
    "etc/hosts": `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${hostname}\n`,
    "etc/machine-id": `${randomBytes(16).toString("hex")}\n`,
    [`etc/systemd/system/${BOOT_TARGET}`]: TARGET,
    [`etc/systemd/system/${HOLDER_UNIT}`]: HOLDER,
    ...Object.fromEntries(DISK_TABLES.map((path) => [path, ""])),
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  // As `systemctl enable dbus-broker.service` does.
  if (bus === "dbus-broker") {
    symlinkSync(
      "/usr/lib/systemd/system/dbus-broker.service",
      join(directory, "etc/systemd/system/dbus.service"),
    );
  }
  mask(join(directory, "etc/systemd/system"), MASKED_UNITS);
  mask(join(directory, "etc/systemd/system-generators"), MASKED_GENERATORS);
}

function mask(directory: string, names: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  for (const name of names) symlinkSync("/dev/null", join(directory, name));
}
