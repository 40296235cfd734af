import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Hub } from "./hub.ts";
import { problemOf } from "./problem.ts";
import { parseRoute } from "./route.ts";

type Answer = (hub: Hub, response: ServerResponse, signal: AbortSignal) => Promise<void>;

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}

/** One JSON object a line, for as long as the reader stays. */
const streamEvents: Answer = async (hub, response, signal) => {
  response.writeHead(200, { "content-type": "application/jsonl" }).flushHeaders();
  try {
    for await (const unit of hub.changes(signal)) response.write(`${JSON.stringify(unit)}\n`);
  } catch (error) {
    if (!signal.aborted) throw error;
    response.end();
  }
};

function answerTo(method: string, url: string): Answer | null {
  const route = parseRoute(method, url);
  switch (route?.action) {
    case undefined:
      return null;
    case "list":
      return async (hub, response) => send(response, 200, await hub.list());
    case "events":
      return streamEvents;
    case "launch":
      return async (hub, response) => send(response, 200, await hub.launch(route.user, route.server));
    case "stop":
      return async (hub, response) => send(response, 200, await hub.stop(route.user, route.server));
  }
}

async function answer(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  leaving: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const respond = answerTo(request.method ?? "", request.url ?? "");
    if (respond === null) send(response, 404, { message: "There is no such page." });
    else await respond(hub, response, AbortSignal.any([gone.signal, leaving]));
  } catch (error) {
    const { status, ...body } = problemOf(error);
    if (status === 500) console.error(error);
    send(response, status, body);
  }
}

/** The hub's pages: README.md lists them. `leaving` ends those that would go on for ever. */
export const createHttpServer = (hub: Hub, leaving: AbortSignal): Server =>
  createServer((request, response) => void answer(hub, request, response, leaving));
