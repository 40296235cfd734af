import { dirname, join } from "node:path";
import type { UnitProperties } from "../machine/machine.ts";

/** `a(sasbttttuii)`: path, argv, and what became of it. */
type ExecTuple = readonly [string, readonly string[], ...unknown[]];

const firstLine = (service: UnitProperties): ExecTuple | null =>
  (service["ExecStart"] as readonly ExecTuple[] | undefined)?.[0] ?? null;

/** The Node that a helper.service runs. */
export const nodeOf = (service: UnitProperties): string | null => firstLine(service)?.[0] ?? null;

/** What scripts/install puts beside the daemon. */
const BESIDE = ["koffi.node", "helperctl.cjs", "exec-with-credentials"];

/** The daemon that a helper.service runs. */
export const daemonOf = (service: UnitProperties): string | null => {
  const daemon = firstLine(service)?.[1].at(-1);
  return daemon?.startsWith("/") === true ? daemon : null;
};

/** Every program that root runs of ours, and the Node that it runs them with. */
export function programsOf(service: UnitProperties): string[] {
  const [node, daemon] = [nodeOf(service), daemonOf(service)];
  const ours = daemon === null ? [] : [daemon, ...BESIDE.map((name) => join(dirname(daemon), name))];
  return node === null ? ours : [node, ...ours];
}
