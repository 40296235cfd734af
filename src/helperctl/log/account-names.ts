import type { Accounts } from "../machine/accounts.ts";
import type { NamedDecision } from "./line.ts";
import type { Decision } from "./pairing.ts";

/** Names of uids, each looked up once. */
export class AccountNames {
  readonly #accounts: Pick<Accounts, "user">;
  readonly #names = new Map<number, Promise<string | null>>();

  constructor(accounts: Pick<Accounts, "user">) {
    this.#accounts = accounts;
  }

  /** Null: nobody has this uid now. */
  of(uid: number): Promise<string | null> {
    const known = this.#names.get(uid);
    if (known !== undefined) return known;
    const name = this.#accounts.user(uid).then((entry) => entry?.name ?? null);
    this.#names.set(uid, name);
    return name;
  }

  /** A decision, and the name of whoever asked. */
  async name(decision: Decision): Promise<NamedDecision> {
    const { peerUid } = decision.record;
    return { ...decision, peerName: peerUid === null ? null : await this.of(peerUid) };
  }
}
