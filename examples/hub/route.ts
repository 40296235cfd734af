export type Route =
  | { readonly action: "list" | "events" }
  | { readonly action: "launch" | "stop"; readonly user: string; readonly server: string };

const ACTIONS: Partial<Record<string, "launch" | "stop">> = { POST: "launch", DELETE: "stop" };
const PATH = /^\/users\/([^/]+)\/(?:server|servers\/([^/]+))$/;

/** What a path leaves out is `""`; null: what it holds is no text. */
function decode(part = ""): string | null {
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
  const parts = PATH.exec(path);
  const action = ACTIONS[method];
  if (parts === null || action === undefined) return null;
  const [user, server] = [decode(parts[1]), decode(parts[2])];
  return user === null || server === null ? null : { action, user, server };
}
