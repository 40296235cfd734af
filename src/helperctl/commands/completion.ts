import type { Run } from "../command.ts";

export const completion: Run = () => Promise.reject(new Error("to be written"));
