import { ProtocolError } from "../../protocol/errors.ts";
import type { Handler } from "../call.ts";
import { parseFilter } from "../filter.ts";

/** Subscribes to changes of the units that the peer may see, beginning with a snapshot. */
export const watch: Handler<"watch"> = async ({ services, subscriber, afterReply }, { template, user }) => {
  const { watchers } = services;
  const { subscription, units } = await watchers.subscribe(subscriber, parseFilter(template, user));
  afterReply.push(() => void watchers.deliver(subscription));
  return { subscription: subscription.id, units };
};

/** Ends a subscription of the same connection. */
export const unwatch: Handler<"unwatch"> = ({ services, subscriber }, { subscription }) => {
  if (!services.watchers.unsubscribe(subscriber, subscription)) {
    throw new ProtocolError("invalid-params", {
      path: "subscription",
      problem: "this connection has no such subscription",
    });
  }
  return Promise.resolve({});
};
