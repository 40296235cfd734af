import { carryOut } from "../verbs/carry-out.ts";
import { RESET_FAILED } from "../verbs/verb.ts";

export const resetFailed = carryOut(RESET_FAILED);
