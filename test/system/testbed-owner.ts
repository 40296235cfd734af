/** A program that owns a testbed and goes on for ever, for the test to kill. Prints the testbed's name. */
import { Testbed } from "../../testbed/index.ts";

const testbed = await Testbed.boot();
testbed.spawn(["sleep", "infinity"]);
process.stdout.write(`${testbed.name}\n`);
