import type { Run } from "../command.ts";

export const doctor: Run = () => Promise.reject(new Error("to be written"));
