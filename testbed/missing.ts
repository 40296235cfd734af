import { types } from "node:util";

/** True for an error that says that there is no such file, or (from /proc) no such process. */
export const isMissing = (error: unknown): boolean =>
  types.isNativeError(error) && "code" in error && ["ENOENT", "ESRCH"].includes(String(error.code));
