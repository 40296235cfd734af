import type { Run } from "../command.ts";

export const resetFailed: Run = () => Promise.reject(new Error("to be written"));
