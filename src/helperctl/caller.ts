import { userInfo } from "node:os";
import type { Caller } from "./command.ts";

function currentName(): string | null {
  try {
    return userInfo().username;
  } catch (error) {
    // uv_os_get_passwd(3) knows no other way to say that there is no such entry.
    if ((error as NodeJS.ErrnoException).code === "ERR_SYSTEM_ERROR") return null;
    throw error;
  }
}

/** Who runs this process. The name is looked up for those who want to know it: a directory may have to be asked. */
export const currentCaller = (): Caller => ({
  uid: process.getuid?.() ?? -1,
  get name() {
    return currentName();
  },
});
