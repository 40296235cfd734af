import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "@jest/globals";
import { ROOT, anchorsOf, committedFiles, read, withoutFences } from "./markdown.ts";

const documents = committedFiles().filter((name) => name.endsWith(".md"));
const LINK = /\]\(([^)\s]+)\)/g;

interface Link {
  readonly from: string;
  readonly to: string;
}

const links: Link[] = documents.flatMap((from) =>
  Array.from(withoutFences(read(from)).matchAll(LINK), ([, to = ""]) => ({ from, to })),
);
const relative = links.filter(({ to }) => !/^[a-z]+:/.test(to));

const pathOf = ({ from, to }: Link): string => {
  const [path = ""] = to.split("#");
  return path === "" ? from : normalize(join(dirname(from), path));
};

test("every relative link in a document leads to something", () => {
  expect(relative.length).toBeGreaterThan(30);
  expect(relative.filter((link) => !existsSync(join(ROOT, pathOf(link))))).toEqual([]);
});

test("every link to a heading finds it", () => {
  const lost = relative.filter((link) => {
    const [, anchor] = link.to.split("#");
    return anchor !== undefined && !anchorsOf(read(pathOf(link))).has(anchor);
  });
  expect(lost).toEqual([]);
});

test("every page of docs/ is linked from the README", () => {
  const pages = documents.filter((name) => name.startsWith("docs/"));
  const linked = new Set(relative.filter(({ from }) => from === "README.md").map(pathOf));
  expect(pages.filter((page) => !linked.has(page))).toEqual([]);
});

test("a path of the project that a document names in backticks is there", () => {
  const NAMED = /`((?:src|test|testbed|scripts|systemd|examples|docs)\/[A-Za-z0-9_./@-]+)`/g;
  const named = documents.flatMap((from) =>
    Array.from(withoutFences(read(from)).matchAll(NAMED), ([, to = ""]) => ({ from, to })),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ to }) => !existsSync(join(ROOT, to)))).toEqual([]);
});
