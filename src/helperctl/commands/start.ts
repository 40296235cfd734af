import { carryOut } from "../verbs/carry-out.ts";
import { START } from "../verbs/verb.ts";

export const start = carryOut(START);
