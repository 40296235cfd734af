import type { Rotation } from "./rotation.ts";

const LOOK_MS = 5_000;
/** More units of work than this between two looks are a storm, and leave a heap that is larger than need be. */
const STORMY = 2_000;

/** Gives memory back once a storm is over: an engine that has little to do does not collect by itself. */
export function tidyAfterStorms(rotation: Rotation): void {
  const { gc } = globalThis as { gc?: () => void };
  let seen = 0;
  let isUntidy = false;
  setInterval(() => {
    const done = rotation.units - seen;
    seen = rotation.units;
    if (done > STORMY) isUntidy = true;
    else if (isUntidy) {
      isUntidy = false;
      gc?.();
    }
  }, LOOK_MS).unref();
}
