/** True for an error that says that there is no such file, or (from /proc) no such process. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && ["ENOENT", "ESRCH"].includes(String(error.code));
