import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPolicy } from "../../src/policy/load.ts";
import { PolicyError } from "../../src/policy/problem.ts";
import type { Account, NameService, Peer, Policy, PolicyProblem } from "../../src/policy/types.ts";

const account = (name: string, uid: number, ...groups: number[]): Account => ({
  name,
  uid,
  gid: uid,
  groups: [uid, ...groups],
});

export const JUPYTERHUB_GID = 2000;
export const ADM_GID = 4;

export const ACCOUNTS: Readonly<Record<string, Account>> = {
  root: account("root", 0),
  daemon: account("daemon", 1),
  jupyter: account("jupyter", 990),
  zoe: account("zoe", 1001, JUPYTERHUB_GID),
  wash: account("wash", 1002, JUPYTERHUB_GID),
  mallory: account("mallory", 1003),
  nobody: account("nobody", 65534),
};

const GROUPS: Readonly<Record<string, number>> = { root: 0, jupyterhub: JUPYTERHUB_GID, adm: ADM_GID };

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | null =>
  Object.hasOwn(table, name) ? (table[name] ?? null) : null;

/** A name service with a handful of accounts. */
export const names: NameService = {
  userByName: (name) => Promise.resolve(own(ACCOUNTS, name)),
  groupByName: (name) => Promise.resolve(own(GROUPS, name)),
};

export const peerOf = (name: string, more: Partial<Peer> = {}): Peer => {
  const { uid, gid, groups } = own(ACCOUNTS, name) ?? account(name, 4000);
  return { uid, gid, groups, unit: null, ...more };
};

/** A directory that nobody else can write to, with the policy's files in it. */
export class PolicyDirectory {
  readonly base = mkdtempSync(join(tmpdir(), "policy-"));
  readonly paths = { file: join(this.base, "policy.toml"), dropins: join(this.base, "policy.d") };
  readonly trust = { base: this.base, owner: process.getuid?.() ?? 0 };

  write(text: string | Buffer, dropins: Readonly<Record<string, string>> = {}): this {
    this.writeFile(this.paths.file, text);
    if (Object.keys(dropins).length > 0) {
      mkdirSync(this.paths.dropins, { mode: 0o755, recursive: true });
      chmodSync(this.paths.dropins, 0o755);
    }
    for (const [name, content] of Object.entries(dropins)) {
      this.writeFile(join(this.paths.dropins, name), content);
    }
    return this;
  }

  writeFile(path: string, text: string | Buffer): void {
    writeFileSync(path, text);
    chmodSync(path, 0o644);
  }

  load(using: NameService = names): Promise<Policy> {
    return loadPolicy(using, this.paths, { trust: this.trust });
  }

  async problems(using: NameService = names): Promise<readonly PolicyProblem[]> {
    try {
      await this.load(using);
      return [];
    } catch (error) {
      if (error instanceof PolicyError) return error.problems;
      throw error;
    }
  }

  remove(): void {
    rmSync(this.base, { recursive: true });
  }
}

/** Loads a policy out of texts. */
export async function policyOf(
  text: string,
  dropins: Readonly<Record<string, string>> = {},
): Promise<Policy> {
  const directory = new PolicyDirectory().write(text, dropins);
  try {
    return await directory.load();
  } finally {
    directory.remove();
  }
}

/** The policy that the tests of decisions share. */
export const SAMPLE = `version = 1

[template.singleuser]
default = true
unit = "jupyterhub-singleuser-{user}.service"
named_unit = "jupyterhub-singleuser-{user}@{server}.service"

[template.singleuser.credentials]
files = ["keyfile"]
env = ["JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER"]
env_pinned = { JUPYTERHUB_USER = "{user}" }

[template.unitgenerator]
unit = "jupyterhub-unitgenerator@{user}.service"
run_as = "root"

[[allow]]
name = "hub"
peer = { user = "jupyter" }
methods = ["start", "stop", "reset-failed", "write-credentials", "remove-credentials", "status", "list", "watch"]
templates = ["singleuser"]
target = { group = "jupyterhub", min_uid = 1000 }

[[allow]]
name = "generator"
peer = { user = "jupyter", unit = "jupyterhub.service" }
methods = ["start", "status"]
templates = ["unitgenerator"]
target = { users = ["zoe"] }

[[allow]]
name = "admins-look"
peer = { group = "adm" }
methods = ["status", "list", "watch"]
templates = ["singleuser", "unitgenerator"]
target = { group = "jupyterhub" }

[[allow]]
name = "confined"
peer = { user = "wash", unit = "wash.service" }
methods = ["status"]
templates = ["singleuser"]
target = { users = ["wash"], min_uid = 1002 }
`;
