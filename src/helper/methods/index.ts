import type { MethodName } from "../../protocol/methods.ts";
import type { Handler } from "../call.ts";
import { describe } from "./describe.ts";
import { explain } from "./explain.ts";
import { list } from "./list.ts";
import { removeCredentials } from "./remove-credentials.ts";
import { resetFailed } from "./reset-failed.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";
import { stop } from "./stop.ts";
import { unwatch, watch } from "./watch.ts";
import { writeCredentials } from "./write-credentials.ts";

/** Who carries out what: a method without a handler does not compile. */
export const HANDLERS: { readonly [M in MethodName]: Handler<M> } = {
  describe,
  start,
  stop,
  "reset-failed": resetFailed,
  "write-credentials": writeCredentials,
  "remove-credentials": removeCredentials,
  status,
  list,
  watch,
  unwatch,
  explain,
};
