import type { Asker, Surroundings } from "./command.ts";

/** Asks the helper over a connection of its own. */
export async function ask<T>(
  { openClient }: Surroundings,
  question: (client: Asker) => Promise<T>,
): Promise<T> {
  const client = await openClient();
  try {
    return await question(client);
  } finally {
    client.close();
  }
}
