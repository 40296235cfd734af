import type { Run } from "../command.ts";

export const whoCan: Run = () => Promise.reject(new Error("to be written"));
