import type { Run } from "../command.ts";

export const watch: Run = () => Promise.reject(new Error("to be written"));
