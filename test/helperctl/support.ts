import type { HelperClient } from "../../src/client/index.ts";
import type { Caller, PolicyGround } from "../../src/helperctl/command.ts";
import type { ExitStatus } from "../../src/helperctl/exit-status.ts";
import type { Machine } from "../../src/helperctl/machine/machine.ts";
import { run } from "../../src/helperctl/run.ts";
import type { Screen } from "../../src/helperctl/screen.ts";
import { PLAIN } from "../../src/helperctl/screen.ts";
import type { ReceivedRequest } from "../client/line-server.ts";
import { answering, LineServer } from "../client/line-server.ts";
import { clientOf } from "../client/clients.ts";

export interface Ran {
  readonly status: ExitStatus;
  readonly printed: string;
  readonly complained: string;
}

interface Given {
  readonly client?: HelperClient;
  readonly ground?: PolicyGround;
  readonly machine?: Machine;
  readonly screen?: Screen;
  /** Root if not given. */
  readonly caller?: Caller;
  readonly interrupted?: AbortSignal;
}

/** A terminal with colours. */
export const TERMINAL: Screen = { columns: 80, colour: true };

const wanted = <T>(what: string, value: T | undefined): Promise<T> =>
  value === undefined ? Promise.reject(new Error(`no ${what} is given`)) : Promise.resolve(value);

export const NOW = Date.parse("2030-01-02T03:04:05Z");

/** Runs one command line, with what the test gives it. */
export async function helperctl(
  args: readonly string[],
  {
    client,
    ground,
    machine,
    screen = PLAIN,
    caller = { uid: 0, name: "root" },
    interrupted = new AbortController().signal,
  }: Given = {},
): Promise<Ran> {
  const printed: string[] = [];
  const complained: string[] = [];
  const status = await run(args, {
    version: "1.2.3",
    print: (text) => printed.push(text),
    complain: (text) => complained.push(text),
    nowMs: () => NOW,
    screen,
    complaints: screen,
    terminal: () => null,
    caller: () => caller,
    interrupted,
    openClient: () => wanted("client", client),
    openMachine: () => wanted("machine", machine),
    policyGround: () => wanted("ground", ground),
  });
  return { status, printed: printed.join(""), complained: complained.join("") };
}

/** Runs one command line against a helper that gives one answer to everything. */
export async function asked(
  args: readonly string[],
  answer: unknown,
  given: Given = {},
): Promise<Ran & { requests: ReceivedRequest[] }> {
  const requests: ReceivedRequest[] = [];
  await using server = await LineServer.start(
    answering((request) => {
      requests.push(request);
      return answer;
    }),
  );
  return { ...(await helperctl(args, { ...given, client: clientOf(server) })), requests };
}

/** What a hostile account would like a terminal to do: colour, forge a line, turn the text around, ring. */
export const HOSTILE = "\u001b[31mred\nroot  (default)\r\u202egnp\u2066\u009b2J\u2028\u0007\u200b";

/** What a terminal would act on; newlines end lines that are ours. */
export const ACTED_ON = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;
