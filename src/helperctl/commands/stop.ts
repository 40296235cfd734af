import { carryOut } from "../verbs/carry-out.ts";
import { STOP } from "../verbs/verb.ts";

export const stop = carryOut(STOP);
