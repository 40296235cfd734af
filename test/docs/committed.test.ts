import { describe, expect, test } from "@jest/globals";
import { ROOT, committedFiles, read } from "./markdown.ts";

const files = committedFiles();
const isLock = (name: string): boolean => /(?:^|\/)package-lock\.json$/.test(name);
const isText = (text: string): boolean => !text.includes("\0");
const texts = files
  .filter((name) => !isLock(name))
  .map((name) => ({ name, text: read(name) }))
  .filter(({ text }) => isText(text));

/** Hosts that a file may name: places to read more, and names that stand for no machine. */
const HOSTS =
  /^(?:www\.jsonrpc\.org|keepachangelog\.com|semver\.org|fast-check\.dev|nodejs\.org|www\.w3\.org|127\.0\.0\.1|localhost|[a-z]|\[::1\]|(?:.+\.)?example(?:\.(?:com|net|org))?)$/;

describe("what is committed", () => {
  test("names no host but a few", () => {
    const named = texts.flatMap(({ name, text }) =>
      Array.from(text.matchAll(/\bhttps?:\/\/([A-Za-z0-9.[\]:-]*[A-Za-z0-9\]])/g), ([, host = ""]) => ({
        name,
        host: host.replace(/:\d+$/, ""),
      })),
    );
    expect(named.filter(({ host }) => !HOSTS.test(host))).toEqual([]);
  });

  test("does not know where it was checked out", () => {
    expect(texts.filter(({ text }) => text.includes(`${ROOT}/`)).map(({ name }) => name)).toEqual([]);
  });

  test("configures no registry", () => {
    for (const name of files.filter((name) => /(?:^|\/)\.npmrc$/.test(name))) {
      expect(read(name)).not.toMatch(/registry *=|_auth/);
    }
    for (const name of files.filter(isLock)) expect(read(name)).not.toMatch(/"resolved"/);
  });

  test("promises nothing for later", () => {
    const later = new RegExp(
      ["TO" + "DO", "FIX" + "ME", "XX" + "X"].map((word) => `\\b${word}\\b`).join("|"),
    );
    expect(texts.filter(({ text }) => later.test(text)).map(({ name }) => name)).toEqual([]);
  });

  test("holds nothing that is built or installed", () => {
    expect(files.filter((name) => /^(?:dist|node_modules)\//.test(name))).toEqual([]);
  });
});
