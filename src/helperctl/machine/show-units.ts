import type { UnitProperties } from "../../helper/systemd/inspector.ts";
import type { Machine } from "./machine.ts";

type Read = (text: string) => unknown;

const text: Read = (value) => value;
const number: Read = (value) => Number(value);
const octal: Read = (value) => Number.parseInt(value, 8);
const flag: Read = (value) => value === "yes";

/** How systemctl(1) writes what the bus would give as it is. */
const PROPERTIES: Readonly<Record<string, Read>> = {
  Id: text,
  LoadState: text,
  ActiveState: text,
  SubState: text,
  UnitFileState: text,
  FragmentPath: text,
  Result: text,
  NeedDaemonReload: flag,
  ExecMainStatus: number,
  NRestarts: number,
  SocketUser: text,
  SocketGroup: text,
  SocketMode: octal,
};

function readBlock(block: string): UnitProperties {
  const pairs = block.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    const name = line.slice(0, Math.max(0, at));
    const read = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined;
    return read === undefined ? [] : [[name, read(line.slice(at + 1))] as const];
  });
  return Object.fromEntries(pairs);
}

/** A few properties of some units, by their names, for who has no time to connect to the bus. */
export async function showUnits(
  { run }: Pick<Machine, "run">,
  units: readonly string[],
): Promise<ReadonlyMap<string, UnitProperties>> {
  const argv = ["systemctl", "show", `--property=${Object.keys(PROPERTIES).join(",")}`, "--", ...units];
  const { stdout } = await run(argv);
  const blocks = stdout.split("\n\n").map(readBlock);
  return new Map(blocks.map((block) => [String(block["Id"]), block]));
}
