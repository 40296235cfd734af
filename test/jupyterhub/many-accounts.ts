import type { Testbed } from "../../testbed/index.ts";

const FIRST_UID = 20_000;
const UNITS = "/usr/share/doc/hub-helper/examples/add-user-units";

/** Accounts that may have servers, without passwords, and their units: all of them in one go. */
export async function addAccounts(testbed: Testbed, names: readonly string[]): Promise<void> {
  const entry = (name: string, index: number): string => {
    const id = FIRST_UID + index;
    return `${name}:x:${id}:${id}::/home/${name}:`;
  };
  const passwd = names.map((name, index) => `${entry(name, index)}/bin/bash\n`).join("");
  const group = names.map((name, index) => `${name}:x:${FIRST_UID + index}:\n`).join("");
  // useradd takes a tenth of a second for each, and refuses some names that directories have.
  await testbed.run(["sh", "-c", "cat >>/etc/passwd"], { input: passwd });
  await testbed.run(["sh", "-c", "cat >>/etc/group"], { input: group });
  await testbed.run(["gpasswd", `--members=${names.join(",")}`, "jupyterhub"]);
  const homes = `for name; do install -d -m 700 -o "$name" -g "$name" "/home/$name"; done`;
  await testbed.run(["sh", "-c", homes, "homes", ...names]);
  await testbed.run([UNITS, ...names]);
}
