import type { Run } from "../command.ts";

export const show: Run = () => Promise.reject(new Error("to be written"));
