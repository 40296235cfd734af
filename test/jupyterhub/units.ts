import type { Testbed } from "../../testbed/index.ts";

/** One run of a unit: another run has another process and another invocation id. */
export interface Run {
  readonly ActiveState: string;
  readonly MainPID: string;
  readonly InvocationID: string;
}

export const unitOf = (user: string, server = ""): string =>
  `jupyterhub-singleuser-${user}${server === "" ? "" : `@${server}`}.service`;

export async function runOf(testbed: Testbed, unit: string): Promise<Run> {
  const show = ["systemctl", "show", "--property=ActiveState,MainPID,InvocationID", unit];
  const { stdout } = await testbed.run(show);
  const valueOf = (name: keyof Run): string => new RegExp(`^${name}=(.*)$`, "m").exec(stdout)?.[1] ?? "";
  return {
    ActiveState: valueOf("ActiveState"),
    MainPID: valueOf("MainPID"),
    InvocationID: valueOf("InvocationID"),
  };
}

/** The units of servers that have a process, or are about to. */
export async function livingUnits(testbed: Testbed): Promise<string[]> {
  const list = ["systemctl", "list-units", "--plain", "--no-legend"];
  const states = "--state=active,activating,deactivating,reloading";
  const { stdout } = await testbed.run([...list, states, "jupyterhub-singleuser-*.service"]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" ")[0] ?? "");
}
