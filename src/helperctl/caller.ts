import { userInfo } from "node:os";
import type { Caller } from "./command.ts";

/** Who runs this process. */
export function currentCaller(): Caller {
  const uid = process.getuid?.() ?? -1;
  try {
    return { uid, name: userInfo().username };
  } catch (error) {
    // uv_os_get_passwd(3) knows no other way to say that there is no such entry.
    if ((error as NodeJS.ErrnoException).code === "ERR_SYSTEM_ERROR") return { uid, name: null };
    throw error;
  }
}
