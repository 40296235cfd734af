/** What the command exits with. */
export const EXIT = { yes: 0, no: 1, usage: 2, unreachable: 3, failed: 4 } as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  yes: "yes: it is allowed, it runs, it was done, all is well",
  no: "no: it is refused, it does not run, or errors were found",
  usage: "the command was not understood",
  unreachable: "the helper cannot be reached",
  failed: "the operation failed, or this command did",
};
