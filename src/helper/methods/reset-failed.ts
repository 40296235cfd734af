import type { Handler } from "../call.ts";
import { read } from "../unit-view.ts";

/** Lets a unit forget that it failed, so that the start limit begins anew. */
export const resetFailed: Handler<"reset-failed"> = async ({ services, resolved }) => {
  await services.systemd.resetFailed(resolved.unit);
  return read(services, resolved);
};
