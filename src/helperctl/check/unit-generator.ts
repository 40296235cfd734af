import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Template } from "../../policy/types.ts";

/** The pattern that the example units are made for. */
const SHIPPED = "jupyterhub-singleuser-{user}.service";

/** Where scripts/install puts the examples: PREFIX/share/doc, while this program lies in PREFIX/lib/hub-helper. */
const ADD_USER_UNITS = fileURLToPath(
  new URL("../../share/doc/hub-helper/examples/add-user-units", import.meta.url),
);

/** The program that makes the units of users; null where the template is not for it, or it is not installed. */
export const unitMakerOf = ({ unit }: Template): string | null =>
  unit.source === SHIPPED && existsSync(ADD_USER_UNITS) ? ADD_USER_UNITS : null;
