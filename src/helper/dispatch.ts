import type { JSONRPCResponse } from "json-rpc-2.0";
import { JSONRPCServer } from "json-rpc-2.0";
import { matchPeer } from "../policy/decide-peer.ts";
import type { Policy } from "../policy/types.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { METHOD_NAMES } from "../protocol/methods.ts";
import type { RequestId } from "../protocol/request.ts";
import { toProtocolError } from "./errors.ts";
import { holdBack } from "./hold-back.ts";
import { LEAST_PERIOD_MS, periodOfRefusals } from "./names.ts";
import { deny, perform } from "./perform.ts";
import type { RequestContext } from "./request-context.ts";

export const errorResponse = (id: RequestId | null, error: ProtocolError): JSONRPCResponse => ({
  jsonrpc: "2.0",
  id,
  error: error.toWire(),
});

interface Context extends RequestContext {
  readonly policy: Policy;
}

type Method = (context: Context) => Promise<unknown>;

/**
 * The library finds the method and builds the response. Errors it would map by itself, so that every method
 * answers with a whole response instead.
 */
const server = new JSONRPCServer<Context>();

async function respond(context: Context, method: Method): Promise<JSONRPCResponse> {
  const { services, request, arrivedAt } = context;
  try {
    return { jsonrpc: "2.0", id: request.id, result: await method(context) };
  } catch (cause) {
    const error = toProtocolError(cause, "", services.log);
    if (error.code === "denied") {
      // Nothing was looked up for a peer that no rule matches.
      const isMatched = matchPeer(context.policy, context.peer.now()).reason === null;
      await holdBack(arrivedAt, isMatched ? await periodOfRefusals() : LEAST_PERIOD_MS);
    }
    return errorResponse(request.id, error);
  }
}

/** Whether the unit of a peer matters. */
export const asksForUnits = ({ rules }: Policy): boolean => rules.some(({ peer }) => peer.unit !== null);

/** A peer that no rule matches does not learn which methods there are. */
function matched(method: Method): Method {
  return async (context) => {
    // Known since the connection was accepted, unless the rule has come with a newer policy.
    if (asksForUnits(context.policy))
      await context.peer.findUnit(context.services.systemd, context.services.log);
    const { reason } = matchPeer(context.policy, context.peer.now());
    if (reason !== null) throw deny(context, context.policy, reason);
    return method(context);
  };
}

const unknownMethod = matched(() => Promise.reject(new ProtocolError("unknown-method", {})));
server.handleMethodNotFound = (_request, context) => respond(context as unknown as Context, unknownMethod);
for (const name of METHOD_NAMES) {
  const method = matched((context) => perform(context, context.policy, name));
  server.addMethodAdvanced(name, (_request, context) => respond(context, method));
}

/** Answers one well-formed request. Never rejects. */
export async function dispatch(context: RequestContext): Promise<JSONRPCResponse> {
  const { services, request } = context;
  const policy = services.policy.current;
  const { id, method } = request;
  if (policy === null) {
    return errorResponse(id, new ProtocolError("unavailable", { problem: "policy", outcome: "none" }));
  }
  const response = await server.receive({ jsonrpc: "2.0", id, method }, { ...context, policy });
  return response ?? errorResponse(id, toProtocolError(new Error("no response"), "", services.log));
}
