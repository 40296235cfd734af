import type { Request } from "../protocol/request.ts";
import type { ConnectedPeer } from "./connected-peer.ts";
import type { CredentialOrder } from "./credential-order.ts";
import type { Services } from "./services.ts";
import type { Subscriber } from "./subscription.ts";

/** One request on its way through the daemon. */
export interface RequestContext {
  /** In a lane that ends with the connection. */
  readonly services: Services;
  readonly peer: ConnectedPeer;
  readonly subscriber: Subscriber;
  readonly request: Request;
  readonly order: CredentialOrder;
  /** performance.now() when the frame was complete. */
  readonly arrivedAt: number;
  /** How long the uid should wait, as it had too much in flight when the request came, in milliseconds; 0: it had not. */
  readonly crowdedMs: number;
  /** In a lane that outlives the connection. */
  readonly lasting: Services;
  /** The same, and what waits there waits for no more than a few others of its uid. */
  readonly urgent: Services;
  /** The request is carried out now, and no longer in hand. */
  readonly begin: () => void;
  /** What runs as soon as the reply has been sent. */
  readonly afterReply: (() => void)[];
}
