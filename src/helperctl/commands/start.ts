import type { Run } from "../command.ts";

export const start: Run = () => Promise.reject(new Error("to be written"));
