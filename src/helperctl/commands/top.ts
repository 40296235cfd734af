import type { Run } from "../command.ts";

export const top: Run = () => Promise.reject(new Error("to be written"));
