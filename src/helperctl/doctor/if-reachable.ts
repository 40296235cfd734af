import { BusUnavailable } from "../../helper/systemd/bus-errors.ts";

/** What systemd says. Null where it cannot be asked: for checks that have something to say without it. */
export async function ifReachable<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof BusUnavailable) return null;
    throw error;
  }
}
