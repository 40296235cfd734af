import type { Account, NameService } from "../policy/types.ts";
import { type Lane, LaneGate } from "./lanes.ts";
import { nameService, userNameOf } from "./posix/accounts.ts";

/** libuv's pool has four threads, and a look-up may take as long as a directory server does. */
const gate = new LaneGate({ places: 4, keptForRoot: 1, perUid: 2 });

/** The account database, asked for one lane: what waits for a thread is dropped with its connection. */
export class Names implements NameService {
  readonly #lane: Lane;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  inLane(lane: Lane): Names {
    return new Names(lane);
  }

  userByName(name: string): Promise<Account | null> {
    return gate.pass(this.#lane, () => nameService.userByName(name));
  }

  groupByName(name: string): Promise<number | null> {
    return gate.pass(this.#lane, () => nameService.groupByName(name));
  }

  /** The name of a uid, or null. */
  nameOfUid(uid: number): Promise<string | null> {
    return gate.pass(this.#lane, () => userNameOf(uid));
  }
}
