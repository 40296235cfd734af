import { play } from "./play.ts";
import { Report } from "./report.ts";

/** By automake's convention, "could not be tried here". */
const SKIPPED = 77;
/** As a shell reports SIGPIPE. */
const NOBODY_READS = 141;

// The container goes with its owner, however that ends.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(NOBODY_READS);
});

if (process.getuid?.() === 0) {
  process.exitCode = await play(new Report(process.stdout));
} else {
  process.stderr.write("The demo boots a container with a systemd of its own, and only root can do that.\n");
  process.exitCode = SKIPPED;
}
