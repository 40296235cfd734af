import { describe, expect, test } from "@jest/globals";
import { BusUnavailable } from "../../src/helper/systemd/bus-errors.ts";
import { Jobs } from "../../src/helper/systemd/jobs.ts";

const nothing = (): void => undefined;
const JOB = "/org/freedesktop/systemd1/job/7";

describe("Jobs", () => {
  test("gives the result that is told after the job's path", async () => {
    const jobs = new Jobs();
    let tell = nothing;
    const result = jobs.run(
      () => Promise.resolve(JOB),
      () => (tell = () => jobs.removed(JOB, "done")),
    );
    await Promise.resolve();
    setImmediate(() => tell());
    await expect(result).resolves.toBe("done");
  });

  test("gives the result that is told before the job's path arrives", async () => {
    const jobs = new Jobs();
    const queue = (): Promise<string> => {
      jobs.removed(JOB, "failed");
      return Promise.resolve(JOB);
    };
    await expect(jobs.run(queue, nothing)).resolves.toBe("failed");
  });

  test("tells everybody who waits for the same job", async () => {
    const jobs = new Jobs();
    const queue = (): Promise<string> => Promise.resolve(JOB);
    const both = [jobs.run(queue, nothing), jobs.run(queue, nothing)];
    setImmediate(() => jobs.removed(JOB, "canceled"));
    await expect(Promise.all(both)).resolves.toEqual(["canceled", "canceled"]);
  });

  test("tells those who wait that the outcome is unknown when systemd goes away", async () => {
    const jobs = new Jobs();
    const result = jobs.run(() => Promise.resolve(JOB), nothing);
    setImmediate(() => jobs.lost());
    await expect(result).rejects.toMatchObject({ sent: true });
    await expect(result).rejects.toBeInstanceOf(BusUnavailable);
  });

  test("passes on why a job was not taken, and says nothing of queueing it", async () => {
    const jobs = new Jobs();
    let queued = false;
    const run = jobs.run(
      () => Promise.reject(new Error("masked")),
      () => (queued = true),
    );
    await expect(run).rejects.toThrow("masked");
    expect(queued).toBe(false);
  });
});
