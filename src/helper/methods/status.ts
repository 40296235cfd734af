import type { Handler } from "../call.ts";
import { read } from "../unit-view.ts";

/** Shows a target's unit, also where it has no file or is not in memory. */
export const status: Handler<"status"> = ({ services, resolved }) => read(services, resolved);
