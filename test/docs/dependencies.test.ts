import { describe, expect, test } from "@jest/globals";
import { read } from "./markdown.ts";

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
}

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
    const unhashed = packages.filter(([, { integrity }]) => integrity === undefined);
    expect(unhashed.filter(([, { dev, optional }]) => !(dev && optional))).toEqual([]);
    expect(packages.filter(([, entry]) => Object.hasOwn(entry, "resolved"))).toEqual([]);
  });

  test("run no script when they are installed", () => {
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
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
