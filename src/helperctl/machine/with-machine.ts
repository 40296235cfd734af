import type { Surroundings } from "../command.ts";
import type { Machine } from "./machine.ts";

/** Looks at the machine, and lets go of it. */
export async function withMachine<T>(
  { openMachine }: Surroundings,
  look: (machine: Machine) => Promise<T>,
): Promise<T> {
  const machine = await openMachine();
  try {
    return await look(machine);
  } finally {
    await machine.close();
  }
}
