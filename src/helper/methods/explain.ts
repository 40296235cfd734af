import type { Peer } from "../../policy/types.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { ParamsOf } from "../../protocol/methods.ts";
import { isMethodName, METHODS } from "../../protocol/methods.ts";
import { authorise, UNLIMITED } from "../authorise.ts";
import type { Handler } from "../call.ts";
import { userNameOf } from "../posix/accounts.ts";
import type { Services } from "../services.ts";

/** The peer that an admin asks about, with the groups that the account database gives it. */
async function peerOf({ names }: Services, asked: ParamsOf<"explain">["peer"]): Promise<Peer> {
  const unit = asked.unit ?? null;
  const name = "user" in asked ? asked.user : await userNameOf(asked.uid);
  const account = name === null ? null : await names.userByName(name);
  if (account !== null) return { uid: account.uid, gid: account.gid, groups: account.groups, unit };
  // A uid without an entry is a peer all the same; a name without one is nobody.
  if ("uid" in asked) return { uid: asked.uid, gid: asked.uid, groups: [], unit };
  throw new ProtocolError("invalid-params", { path: "peer.user", problem: "there is no such account" });
}

/** Shows uid 0 how a request of somebody else's would be decided, by the same function and without carrying it out. */
export const explain: Handler<"explain"> = async ({ services, policy }, params) => {
  const { method, template, user, server } = params;
  if (!isMethodName(method)) {
    throw new ProtocolError("invalid-params", { path: "method", problem: "there is no method of that name" });
  }
  const peer = await peerOf(services, params.peer);
  const named = template === undefined ? {} : { template };
  const target = METHODS[method].target === "none" || user === undefined ? null : { ...named, user, server };
  const question = { method, target, ...named };
  const { decision } = await authorise(services, policy, peer, question, UNLIMITED);
  return {
    allowed: decision.verdict === "allow",
    reason: decision.verdict === "refuse" ? decision.reason : null,
    steps: [...decision.steps],
  };
};
