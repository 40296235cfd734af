import { installHelper, type BootOptions, type ImageName, type Testbed } from "../../testbed/index.ts";

/** What machines there are to share, and what each has before the first file of tests gets it. */
export interface Preparation {
  readonly options: (image: ImageName) => Promise<BootOptions>;
  readonly prepare: (testbed: Testbed) => Promise<void>;
}

export const projectRoot = (): string => process.env["TESTBED_PROJECT"] ?? process.cwd();

/** Accounts of the world: a hub, two of its users, and one that is none of its business. */
const ACCOUNTS = {
  jupyter: { system: true, groups: ["hub-helper"] },
  zoe: { groups: ["jupyterhub"] },
  wash: { groups: ["jupyterhub"] },
  mallory: {},
} as const;

/** hub-helper installed by scripts/install, the accounts made, and polkit stopped. */
export async function prepareWorld(testbed: Testbed, project = projectRoot()): Promise<void> {
  await testbed.run(["systemctl", "mask", "--runtime", "--now", "polkit.service"]);
  await installHelper(testbed, project);
  await testbed.addGroup("jupyterhub");
  for (const [name, account] of Object.entries(ACCOUNTS)) await testbed.addUser(name, account);
}

export const KINDS = {
  world: { options: () => Promise.resolve({}), prepare: (testbed) => prepareWorld(testbed) },
} satisfies Record<string, Preparation>;

export type Kind = keyof typeof KINDS;
