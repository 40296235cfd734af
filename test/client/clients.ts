import type { HelperClientOptions } from "../../src/client/index.ts";
import { HelperClient } from "../../src/client/index.ts";
import type { LineServer } from "./line-server.ts";

/** A client whose pauses are short, and that trusts a socket in the directory for temporary files. */
export const clientOf = (server: LineServer, options: HelperClientOptions = {}): HelperClient =>
  new HelperClient({
    socketPath: server.path,
    checkPath: false,
    retry: { baseMs: 1, maxMs: 4 },
    ...options,
  });

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
