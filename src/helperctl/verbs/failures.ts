import { DeniedError, JobFailedError, JobTimeoutError } from "../../client/error-classes.ts";
import type { Target } from "../../client/types.ts";
import { commandLine } from "../command-line.ts";
import type { Asker, Surroundings } from "../command.ts";
import type { ExitStatus } from "../exit-status.ts";
import { EXIT } from "../exit-status.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import { explainDenial } from "./denial.ts";
import { explainJob } from "./job-failure.ts";

/** What was asked for, and of whom. */
export interface Attempt {
  readonly method: "start" | "stop" | "reset-failed";
  readonly target: Target;
  readonly client: Asker;
  readonly around: Surroundings;
  readonly isJson: boolean;
  /** Milliseconds since 1970. */
  readonly askedAtMs: number;
}

/** `helperctl show zoe gpu`, for whoever wants to know how it goes on. */
const showLine = ({ user, server, template }: Target): string =>
  commandLine([
    "helperctl",
    "show",
    user,
    server,
    ...(template === undefined ? [] : ["--template", template]),
  ]);

/**
 * Says what went wrong with a verb, and what to do about it.
 * @throws the error itself where nothing more is known than it says
 */
export async function explainFailure(error: unknown, attempt: Attempt): Promise<ExitStatus> {
  const { around, target, isJson } = attempt;
  const say = (text: string): void => around.complain(`helperctl: ${text}\n`);
  const later = `${showLine(target)} tells what comes of it.`;
  if (error instanceof DeniedError) {
    say(await explainDenial(error, attempt));
    return EXIT.no;
  }
  if (error instanceof JobFailedError) {
    say(await explainJob(error, attempt));
    if (isJson) around.print(harmlessJson(error.details.state));
    return EXIT.failed;
  }
  if (error instanceof JobTimeoutError) {
    say(`${harmless(error.message)} ${later}`);
    return EXIT.failed;
  }
  if (around.interrupted.aborted && error === around.interrupted.reason) {
    say(`Interrupted; systemd goes on with what it was asked for. ${later}`);
    return EXIT.failed;
  }
  throw error;
}
