import * as v from "valibot";
import type { Limits } from "../protocol/results.ts";
import { limitsSchema } from "./schema.ts";
import { emptyTable } from "./table.ts";

/** The limits of a policy that sets none. */
export const DEFAULT_LIMITS: Readonly<Limits> = v.parse(limitsSchema, emptyTable());
