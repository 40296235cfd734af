import koffi from "koffi";

/** glibc: musl has no name service switch to ask. */
const libc = koffi.load("libc.so.6");

type Type = string | ReturnType<typeof koffi.struct> | ReturnType<typeof koffi.out>;

/** A libc function, called on the main thread: for what cannot block. */
export const bind = (name: string, result: Type, args: Type[]) =>
  libc.func(name, result, args) as (...args: unknown[]) => unknown;

/** A libc function, called on a thread of libuv's pool: for what may ask a directory server. */
export function bindAsync(
  name: string,
  result: Type,
  args: Type[],
): (...args: unknown[]) => Promise<unknown> {
  const call = libc.func(name, result, args);
  return (...values) =>
    new Promise((resolve, reject) => {
      call.async(...values, (error: Error | null, answer: unknown) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });
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
