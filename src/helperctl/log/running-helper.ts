import type { Machine } from "../machine/machine.ts";

const AT_REST = new Set(["inactive", "failed"]);

/** Which run of helper.service goes on now: 32 hexadecimal digits. Null: none, or nobody knows. */
export async function runningHelper({ systemd }: Pick<Machine, "systemd">): Promise<string | null> {
  const unit = await systemd.unit("helper.service");
  const invocation = unit?.["InvocationID"];
  if (!(invocation instanceof Uint8Array) || AT_REST.has(String(unit?.["ActiveState"]))) return null;
  return Buffer.from(invocation).toString("hex");
}
