import { canBuildImages, Testbed } from "../testbed/index.ts";
import { failOnPurpose } from "./chapters/broken.ts";
import { end } from "./chapters/end.ts";
import { startHub } from "./chapters/hub.ts";
import { prepare } from "./chapters/machine.ts";
import { refuse } from "./chapters/refusals.ts";
import { keepSecrets } from "./chapters/secrets.ts";
import { launch } from "./chapters/servers.ts";
import { Interrupted, interruption } from "./interrupt.ts";
import { lastLines } from "./last-lines.ts";
import { StepFailed, type Report } from "./report.ts";
import type { Stage } from "./stage.ts";

async function perform(stage: Stage): Promise<void> {
  const cast = await prepare(stage);
  await startHub(stage, cast);
  const servers = await launch(stage, cast);
  await keepSecrets(stage, servers);
  await refuse(stage);
  await failOnPurpose(stage);
  await end(stage);
}

/** Says what happened, and gives the status to exit with. */
async function tell(error: unknown, report: Report, booting: Promise<Testbed>): Promise<number> {
  if (error instanceof Interrupted) {
    report.mute(`${error.message} The container is taken down.`);
    return error.status;
  }
  if (!(error instanceof StepFailed)) throw error;
  report.below(error.reason);
  if (error.units.length > 0) report.quote(await lastLines(await booting, error.units));
  report.say(`\nThis step did not hold: ${error.label}.`);
  return 1;
}

/** Resolves to the status to exit with. The container is gone by then, whatever happened. */
export async function play(report: Report): Promise<number> {
  const interrupted = interruption();
  report.say("hub-helper at work, in a throw-away container with a systemd of its own.");
  report.say("It is installed in there only, and gone with it.");
  report.chapter("A machine", []);
  const own = canBuildImages()
    ? null
    : ("this machine's own files, for there is no mmdebstrap to make others" as const);
  const booting = report.step(`a container has booted with ${own ?? "Debian 13"}`, () =>
    Testbed.boot(own === null ? { image: "trixie" } : { lower: "/" }),
  );
  try {
    await Promise.race([booting.then((testbed) => perform({ testbed, report })), interrupted]);
    report.summary();
    return 0;
  } catch (error) {
    return await tell(error, report, booting);
  } finally {
    await booting.then(
      (testbed) => testbed.shutdown(),
      () => undefined,
    );
  }
}
