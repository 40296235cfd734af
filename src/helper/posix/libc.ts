import koffi from "koffi";
import { Gate } from "../gate.ts";

/** glibc: musl has no name service switch to ask. */
const libc = koffi.load("libc.so.6");

type Type = string | ReturnType<typeof koffi.struct> | ReturnType<typeof koffi.out>;

/** A libc function, called on the main thread: for what cannot block. */
export const bind = (name: string, result: Type, args: Type[]) =>
  libc.func(name, result, args) as (...args: unknown[]) => unknown;

/** koffi throws for the 257th call in flight, and libuv's pool has four threads: the others would only wait there. */
const CALLS_IN_FLIGHT = 64;
const gate = new Gate(CALLS_IN_FLIGHT);

/**
 * The arguments of the calls that are under way. koffi keeps no reference to a Buffer whose address it has handed to
 * another thread: without this one the collector may free it while libc writes to it.
 */
const held = new Set<readonly unknown[]>();

/** A libc function, called on a thread of libuv's pool: for what may ask a directory server. */
export function bindAsync(
  name: string,
  result: Type,
  args: Type[],
): (...args: unknown[]) => Promise<unknown> {
  const call = libc.func(name, result, args);
  const callOnce = (values: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      held.add(values);
      call.async(...values, (error: Error | null, answer: unknown) => {
        held.delete(values);
        if (error) reject(error);
        else resolve(answer);
      });
    });
  return (...values) => gate.pass(() => callOnce(values));
}

/** A failed system call, with the errno that it left. */
export class SystemCallError extends Error {
  override readonly name = "SystemCallError";
  readonly errno: number;

  constructor(call: string, errno: number = koffi.errno()) {
    super(`${call} failed with errno ${errno}`);
    this.errno = errno;
  }
}
