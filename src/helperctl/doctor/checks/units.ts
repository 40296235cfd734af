import { dirname } from "node:path";
import { findFileFaults } from "../../../helper/file-owners.ts";
import type { FileFault } from "../../../helper/file-owners.ts";
import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import { commandLine } from "../../shell-quote.ts";
import type { Check } from "../check.ts";
import type { UnitFacts } from "../unit-facts.ts";
import { unitFacts } from "../unit-facts.ts";

const SOCKET = "helper.socket";
const SERVICE = "helper.service";

const isListening = ({ activeState }: UnitFacts): boolean => activeState === "active";

/** What is wrong with how a unit is installed; whatever comes after that cannot be judged. */
function judgeInstallation({ name, loadState }: UnitFacts): Finding | null {
  if (loadState === "loaded") return null;
  if (loadState === "masked") {
    const mend =
      name === SOCKET
        ? `systemctl unmask ${name} && systemctl enable --now ${name}`
        : `systemctl unmask ${name}`;
    return {
      code: "unit-masked",
      severity: "error",
      unit: name,
      text: "it is masked, and cannot be started",
      mend,
    };
  }
  const text =
    loadState === "not-found"
      ? "there is no such unit: install hub-helper again with scripts/install"
      : `systemd could not load it (${loadState}): systemctl status ${name} says why`;
  return { code: "unit-missing", severity: "error", unit: name, text, mend: null };
}

/** Nobody is served without the socket, and after the next boot nobody is without its being enabled. */
export function judgeSocket(socket: UnitFacts): Finding[] {
  const wrong = judgeInstallation(socket);
  if (wrong !== null) return [wrong];
  const found = { severity: "error", unit: SOCKET } as const;
  if (socket.activeState === "failed") {
    const text = `it has failed (${socket.result}), so nobody is served`;
    const mend = `systemctl reset-failed ${SOCKET} ${SERVICE}; systemctl enable ${SOCKET} && systemctl restart ${SOCKET}`;
    return [{ ...found, code: "socket-failed", text, mend }];
  }
  const isEnabled = socket.fileState.startsWith("enabled");
  if (isListening(socket) && isEnabled) return [];
  // A socket cannot be started while its service runs: restart stops that as well.
  const mend = isListening(socket)
    ? `systemctl enable ${SOCKET}`
    : `systemctl enable ${SOCKET} && systemctl restart ${SOCKET}`;
  if (isEnabled)
    return [{ ...found, code: "socket-not-listening", text: "it is not started, so nobody is served", mend }];
  const text = isListening(socket)
    ? "it is not enabled: after the next boot nobody will be served"
    : "it is neither enabled nor started, so nobody is served";
  return [{ ...found, code: "socket-not-enabled", text, mend }];
}

export function judgeService(service: UnitFacts): Finding[] {
  const wrong = judgeInstallation(service);
  if (wrong !== null) return [wrong];
  if (service.activeState !== "failed") return [];
  return [
    {
      code: "helper-failed",
      severity: "warning",
      unit: SERVICE,
      text: `the last helper has failed (${service.result}): journalctl --unit=${SERVICE} says why; the next call starts another`,
      mend: `systemctl reset-failed ${SERVICE}`,
    },
  ];
}

function judgeReload({ name, needDaemonReload }: UnitFacts): Finding[] {
  if (!needDaemonReload) return [];
  const text = "its file has changed since systemd read it";
  return [{ code: "unit-stale", severity: "warning", unit: name, text, mend: "systemctl daemon-reload" }];
}

const MENDS: Partial<Record<FileFault["kind"], readonly string[]>> = {
  owner: ["chown", "-h", "root:root"],
  writable: ["chmod", "go-w"],
};

/** What root runs must be root's alone, and all directories on the way to it. */
export const judgeFiles = (faults: Iterable<FileFault>): Finding[] =>
  [...new Map([...faults].map((fault) => [fault.path, fault])).values()].map(({ path, kind, text }) => {
    const command = MENDS[kind];
    return {
      code: "installed-file-untrusted",
      severity: "error",
      file: path,
      text:
        kind === "missing"
          ? "it is missing: install hub-helper again with scripts/install"
          : `${text}, and root runs what is there`,
      mend: command === undefined ? null : commandLine([...command, path]),
    };
  });

/** `ExecStart` is `a(sasbttttuii)`: path, argv ... */
function programsOf(service: UnitProperties): string[] {
  const [line] =
    (service["ExecStart"] as readonly (readonly [string, readonly string[]])[] | undefined) ?? [];
  const program = line?.[1].find((word) => word.endsWith("/helper.mjs"));
  const libraries =
    program === undefined
      ? []
      : [program, `${dirname(program)}/koffi.node`, `${dirname(program)}/helperctl.mjs`];
  return line === undefined ? [] : [line[0], ...libraries];
}

/** The units of the helper, and what they run. */
export const units: Check = {
  name: "units",
  title: "helper.socket and helper.service",
  async run({ unit }) {
    const [socket, service] = await Promise.all([unit(SOCKET), unit(SERVICE)]);
    const facts = [unitFacts(SOCKET, socket ?? {}), unitFacts(SERVICE, service ?? {})] as const;
    const files = facts
      .flatMap(({ fragment, dropins }) => [fragment, ...dropins])
      .filter((path) => path !== "");
    return [
      ...judgeSocket(facts[0]),
      ...judgeService(facts[1]),
      ...facts.flatMap(judgeReload),
      ...judgeFiles(findFileFaults([...files, ...programsOf(service ?? {})])),
    ];
  },
};
