import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { UnitState } from "../src/client/index.ts";
import type { Testbed } from "../testbed/index.ts";

/** Takes the way of a path from outside into the container, for a socket that has no port. */
const socketPath = ({ root }: Testbed): string => `${root}/run/demo-hub/hub.sock`;

async function send(
  testbed: Testbed,
  method: string,
  path: string,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const asking = request({ socketPath: socketPath(testbed), method, path, ...(signal && { signal }) });
  asking.end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  return response;
}

export interface HubAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks one of the hub's pages, as a browser would. */
export async function askHub(testbed: Testbed, method: string, path: string): Promise<HubAnswer> {
  const response = await send(testbed, method, path);
  return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) };
}

/** Changes of units, as the hub hears of them. Leave the loop to stop; `signal` makes it throw. */
export async function followHub(testbed: Testbed, signal: AbortSignal): Promise<AsyncIterable<UnitState>> {
  return parseLines(await send(testbed, "GET", "/events", signal));
}

async function* parseLines(response: IncomingMessage): AsyncGenerator<UnitState, void, undefined> {
  let pending = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const lines = (pending + String(chunk)).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as UnitState;
  }
}
