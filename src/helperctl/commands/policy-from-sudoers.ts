import type { Run } from "../command.ts";

export const policyFromSudoers: Run = () => Promise.reject(new Error("to be written"));
