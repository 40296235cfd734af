import { describe, expect, test } from "@jest/globals";
import { committedFiles, read } from "./markdown.ts";

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly engines: { readonly node: string };
}

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** Whether npm never installs an entry on Linux on the processors that helper and tests run on. */
const isForOthers = ({ os, cpu }: LockEntry): boolean =>
  (os !== undefined && !os.includes("linux")) ||
  (cpu !== undefined && !cpu.some((name) => ["x64", "arm64"].includes(name)));

const manifest = JSON.parse(read("package.json")) as Manifest;
const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockEntry> };

describe("the packages that root's program is made of", () => {
  // One more is a decision: whoever takes it reads the package first, and says in the commit why.
  test("are these and no others", () => {
    expect(Object.keys(manifest.dependencies)).toEqual([
      "dbus-next",
      "json-rpc-2.0",
      "koffi",
      "pino",
      "smol-toml",
      "valibot",
    ]);
  });

  test("are pinned to one version each", () => {
    const ranges = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(ranges.filter((range) => !/^(?:npm:@[a-z]+\/[a-z-]+@)?\d+\.\d+\.\d+$/.test(range))).toEqual([]);
  });

  test("are locked by what they contain, and not by where they come from", () => {
    const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
    expect(packages.length).toBeGreaterThan(100);
    // Not every registry carries the binaries that the test tools have for other platforms; npm wants them named.
    const unhashed = packages.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ""));
    expect(unhashed.filter(([, entry]) => !(entry.dev && entry.optional && isForOthers(entry)))).toEqual([]);
    expect(packages.filter(([, entry]) => Object.hasOwn(entry, "resolved"))).toEqual([]);
  });

  test("run no script when they are installed", () => {
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });
});

describe("what a JupyterHub is installed from", () => {
  const proxy = "integrations/jupyterhub/proxy";

  test("locks each package of the proxy by what it contains", () => {
    const locked = JSON.parse(read(`${proxy}/package-lock.json`)) as { packages: Record<string, LockEntry> };
    const entries = Object.entries(locked.packages).filter(([path]) => path !== "");
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ""))).toEqual([]);
    expect(entries.filter(([, entry]) => Object.hasOwn(entry, "resolved"))).toEqual([]);
    expect(read(`${proxy}/.npmrc`)).toMatch(/^ignore-scripts=true$/m);
  });

  test("pins each Python package to one version and its files to their hashes", () => {
    const files = committedFiles().filter((name) => /^integrations\/jupyterhub\/requirements\//.test(name));
    expect(files).toHaveLength(3);
    for (const file of files) {
      const lines = read(file)
        .replace(/^#.*\n/gm, "")
        .replaceAll(" \\\n", "")
        .trim()
        .split("\n");
      expect(lines.length).toBeGreaterThan(50);
      expect(
        lines.filter((line) => !/^[\w.-]+==[\w.]+(?: +--hash=sha256:[0-9a-f]{64})+$/.test(line)),
      ).toEqual([]);
    }
  });
});

test("the documents ask for the Node that package.json asks for", () => {
  const oldest = manifest.engines.node.replace(">=", "");
  for (const page of ["README.md", "CONTRIBUTING.md", "docs/operations.md", "docs/client.md"]) {
    expect(read(page)).toContain(`Node ${oldest}`);
  }
});

test("the version at the top of the changelog is the package's", () => {
  const [, newest] = /^## \[([^\]]+)\]/m.exec(read("CHANGELOG.md")) ?? [];
  expect(newest).toBe(manifest.version);
});
