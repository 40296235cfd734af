import { ProtocolError } from "../../protocol/errors.ts";
import { setPathOf } from "../../units/credential-path.ts";
import { renderCredentials } from "../credentials/render.ts";
import type { Handler } from "../call.ts";

/** Stages a set of credentials for the target's next start. Either the whole set is written or nothing is. */
export const writeCredentials: Handler<"write-credentials"> = async (
  { services, resolved, peer },
  { env = new Map<string, string>(), files = new Map<string, Buffer>() },
) => {
  const { systemd, store, operations, collector } = services;
  const { unit, target, template } = resolved;
  if (setPathOf(unit) === null) {
    const problem = "its name gives its credentials no path of their own; another name for the account would";
    throw new ProtocolError("unit-refused", { unit, problem });
  }
  const set = renderCredentials(template.credentials, target, env, files);
  return operations.during(unit, "other", async () => {
    const now = await systemd.glance(unit);
    const credentials = store.replace(unit, set, now?.InvocationID ?? "", peer.uid);
    collector.sweepLater();
    return { unit, credentials };
  });
};
