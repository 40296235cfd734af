import type { Testbed } from "../../testbed/index.ts";
import { ADMIN_TOKEN } from "./world.ts";

export interface Reply {
  readonly status: number;
  /** Parsed, where it is JSON; null for an empty body. */
  readonly body: unknown;
}

export interface ApiOptions {
  /** The admin service's if not given. */
  readonly token?: string;
  readonly body?: object;
  readonly timeoutMs?: number;
}

const STATUS = "\nstatus:";

/** A request to JupyterHub's REST API from inside the container, through the proxy. */
export async function callHub(
  testbed: Testbed,
  method: string,
  path: string,
  { token = ADMIN_TOKEN, body, timeoutMs = 120_000 }: ApiOptions = {},
): Promise<Reply> {
  const config = [
    `url = "http://127.0.0.1/hub/api${path}"`,
    `request = ${method}`,
    `header = "Authorization: token ${token}"`,
    `header = "Content-Type: application/json"`,
    ...(body === undefined ? [] : [`data = ${JSON.stringify(JSON.stringify(body))}`]),
  ];
  const argv = [
    "curl",
    "--silent",
    "--show-error",
    "--globoff",
    "--write-out",
    `${STATUS}%{http_code}`,
    "--config",
    "-",
  ];
  const { stdout } = await testbed.run(argv, { input: config.join("\n"), timeoutMs });
  const end = stdout.lastIndexOf(STATUS);
  return { status: Number(stdout.slice(end + STATUS.length)), body: parse(stdout.slice(0, end)) };
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** One message of a spawn's progress, as the page shows it. */
export interface Progress {
  readonly progress?: number;
  readonly message?: string;
  readonly html_message?: string;
  readonly ready?: boolean;
  readonly failed?: boolean;
}

const serverPath = (user: string, server: string): string =>
  `/users/${encodeURIComponent(user)}/${server === "" ? "server" : `servers/${encodeURIComponent(server)}`}`;

/** Makes the hub know a user, who need not have logged in. */
export async function addHubUser(testbed: Testbed, user: string): Promise<void> {
  const reply = await callHub(testbed, "POST", `/users/${encodeURIComponent(user)}`);
  if (reply.status !== 201 && reply.status !== 409) throw new Error(`no user: ${JSON.stringify(reply)}`);
}

/** Asks for a server: 201 where it runs already, 202 where it is pending. */
export const requestServer = (testbed: Testbed, user: string, server = ""): Promise<Reply> =>
  callHub(testbed, "POST", serverPath(user, server));

export const stopServer = (testbed: Testbed, user: string, server = ""): Promise<Reply> =>
  callHub(testbed, "DELETE", serverPath(user, server));

/** The messages of a spawn that is pending, up to its end. */
export async function progressOf(testbed: Testbed, user: string, server = ""): Promise<Progress[]> {
  const { body } = await callHub(testbed, "GET", `${serverPath(user, server)}/progress`);
  return String(body)
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Progress);
}

/** Asks for a server and resolves when it is ready. Throws what its progress said where it does not become so. */
export async function launchServer(testbed: Testbed, user: string, server = ""): Promise<void> {
  await addHubUser(testbed, user);
  const reply = await requestServer(testbed, user, server);
  if (reply.status === 201) return;
  if (reply.status !== 202) throw new Error(`not launched: ${JSON.stringify(reply)}`);
  const said = await progressOf(testbed, user, server);
  if (said.at(-1)?.ready !== true) throw new Error(`not ready: ${JSON.stringify(said)}`);
}

export interface HubServer {
  readonly name: string;
  /** Its path behind the proxy. */
  readonly url: string;
  readonly ready: boolean;
  readonly pending: string | null;
  readonly state: Readonly<Record<string, string>>;
}

/** A user's servers, as the hub knows them, by name. */
export async function serversOf(testbed: Testbed, user: string): Promise<Record<string, HubServer>> {
  const { body } = await callHub(
    testbed,
    "GET",
    `/users/${encodeURIComponent(user)}?include_stopped_servers`,
  );
  return (body as { servers: Record<string, HubServer> }).servers;
}
