import { stat } from "node:fs/promises";
import type { FileFault } from "../../../helper/file-owners.ts";
import { findFileFaults } from "../../../helper/file-owners.ts";
import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import type { Check } from "../check.ts";
import { daemonOf, programsOf } from "../exec-start.ts";
import { INSTALL_AGAIN, inTurn } from "../mend.ts";
import { HELPER_SERVICE, HELPER_SOCKET } from "../names.ts";
import { filesOf, numberOf, textOf } from "../properties.ts";

const MENDS: Readonly<Record<FileFault["kind"], (path: string) => string | null>> = {
  missing: () => INSTALL_AGAIN,
  unreadable: () => null,
  owner: (path) => inTurn(["chown", "-h", "root:root", "--", path]),
  writable: (path) => inTurn(["chmod", "go-w", "--", path]),
};

/** Each path once: a directory on the way is on the way to several files. */
export function judgeFaults(faults: readonly FileFault[]): Finding[] {
  const distinct = new Map(faults.map((fault) => [`${fault.kind}:${fault.path}`, fault]));
  return [...distinct.values()].map(({ kind, path, text }) => ({
    code: `file-${kind}`,
    severity: "error",
    text:
      kind === "missing"
        ? `${path} is missing: run scripts/install again, in the sources of hub-helper`
        : `${text}: whoever can change it decides what root runs`,
    file: path,
    mend: MENDS[kind](path),
  }));
}

const EXECUTABLE = 0o111;

/** Programs that nobody can execute. */
async function judgeModes(paths: readonly string[]): Promise<Finding[]> {
  const judged = paths.map(async (path): Promise<Finding[]> => {
    const { mode } = await stat(path);
    if ((mode & EXECUTABLE) === EXECUTABLE) return [];
    const text = `${path} cannot be executed by everybody: units that begin with it fail with 203`;
    const mend = inTurn(["chmod", "0755", "--", path]);
    return [{ code: "file-not-executable", severity: "error", text, file: path, mend }];
  });
  return (await Promise.all(judged)).flat();
}

/** An upgrade restarts the helper; a file that was put there by hand does not. */
export function judgeAge(service: UnitProperties, changedMs: number): Finding[] {
  const startedMs = numberOf(service, "ExecMainStartTimestamp") / 1000;
  if (textOf(service, "ActiveState") !== "active" || startedMs >= changedMs) return [];
  const text = "the helper that runs was started before its program was last changed";
  const mend = inTurn(["systemctl", "try-restart", HELPER_SERVICE]);
  return [{ code: "helper-outdated", severity: "note", text, unit: HELPER_SERVICE, mend }];
}

export const files: Check = {
  name: "files",
  title: "what root runs: whether it is there, and root's alone to change",
  run: async ({ unit }) => {
    const [socket, service] = await Promise.all([unit(HELPER_SOCKET), unit(HELPER_SERVICE)]);
    // A mask is a link to /dev/null, and a unit that could not be loaded is another check's business.
    const isLoaded = (each: UnitProperties | null) => each !== null && textOf(each, "LoadState") === "loaded";
    const ofUnits = [socket, service].flatMap((each) =>
      each !== null && isLoaded(each) ? filesOf(each) : [],
    );
    const programs = service === null ? [] : programsOf(service);
    const faults = [...findFileFaults([...ofUnits, ...programs])];
    const missing = new Set(
      faults.filter(({ kind }) => kind !== "owner" && kind !== "writable").map(({ path }) => path),
    );
    const executable = programs.filter((path) => !/\.(?:mjs|node)$/.test(path) && !missing.has(path));
    const daemon = service === null ? null : daemonOf(service);
    const age =
      daemon === null || missing.has(daemon) || service === null
        ? []
        : judgeAge(service, (await stat(daemon)).mtimeMs);
    return [...judgeFaults(faults), ...(await judgeModes(executable)), ...age];
  },
};
