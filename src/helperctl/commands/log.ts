import type { Run } from "../command.ts";

export const log: Run = () => Promise.reject(new Error("to be written"));
