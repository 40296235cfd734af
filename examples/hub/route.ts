export type Route =
  | { readonly action: "list" | "events" }
  | { readonly action: "launch" | "stop"; readonly user: string; readonly server: string };

const ACTIONS: Partial<Record<string, "launch" | "stop">> = { POST: "launch", DELETE: "stop" };
const PATH = /^\/users\/([^/]+)\/(?:server|servers\/([^/]+))$/;

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Null: there is no such page. What a name may look like is for the helper to say. */
export function parseRoute(method: string, path: string): Route | null {
  if (method === "GET" && path === "/servers") return { action: "list" };
  if (method === "GET" && path === "/events") return { action: "events" };
  const action = ACTIONS[method];
  const [, user, server = ""] = (PATH.exec(path) ?? []).map((part) => decode(part));
  if (action === undefined || typeof user !== "string" || server === null) return null;
  return { action, user, server };
}
