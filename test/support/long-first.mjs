// The order of files of tests: what takes longest begins first, so that no worker is left alone with it at the end. jest knows
// how long a file takes only where it has run before.
import { basename } from "node:path";
import TestSequencer from "@jest/test-sequencer";

/** The longest, from long to short. */
const LONG = [
  ...[
    "generic",
    "check",
    "many-starts",
    "restarts",
    "misconfigured",
    "stalled-reader",
    "internal-ssl",
    "guide",
  ],
  ...["credential-paths", "explain-agrees", "failures", "staging", "storms", "derived-names", "class"],
  ...["unit-generator", "lifetimes", "many-clients", "documented", "install", "journal-complete"],
  ...["password-logins", "opened-as-root", "testbed", "unix-socket", "login"],
].map((name) => `${name}.test.ts`);

const placeOf = (test) => {
  const place = LONG.indexOf(basename(test.path));
  return place === -1 ? LONG.length : place;
};

export default class LongFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
