import type { Run } from "../command.ts";

export const stop: Run = () => Promise.reject(new Error("to be written"));
