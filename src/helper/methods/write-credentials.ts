import { ProtocolError } from "../../protocol/errors.ts";
import { setPathOf } from "../../units/credential-path.ts";
import { renderCredentials } from "../credentials/render.ts";
import type { Handler } from "../call.ts";
import { judgeAgain } from "../judge-again.ts";

/** Stages a set of credentials for the target's next start. Either the whole set is written or nothing is. */
export const writeCredentials: Handler<"write-credentials"> = async (
  call,
  { env = new Map<string, string>(), files = new Map<string, Buffer>() },
) => {
  const { services, urgent, peer } = call;
  const { store, operations, collector } = services;
  const { unit } = call.resolved;
  if (setPathOf(unit) === null) {
    const problem = "its name gives its credentials no path of their own; another name for the account would";
    throw new ProtocolError("unit-refused", { unit, problem });
  }
  return operations.during(unit, "other", async () => {
    const now = await urgent.systemd.glance(unit);
    const { target, template } = (await judgeAgain(call, "write-credentials")).resolved;
    const set = renderCredentials(template.credentials, target, env, files);
    const credentials = store.replace(unit, set, now?.InvocationID ?? "", peer.uid);
    collector.sweepLater();
    return { unit, credentials };
  });
};
