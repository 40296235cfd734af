import { UntrustedPathError } from "../policy/open-safely.ts";
import { resolveAccount } from "./account.ts";
import { cleanUp } from "./clean-up.ts";
import { parseInstance } from "./instance.ts";
import { readTemplates } from "./read-templates.ts";
import { Refusal } from "./refusal.ts";
import { renderUnit } from "./render.ts";
import { UnitDirectory } from "./unit-directory.ts";
import type { World } from "./world.ts";
import { writeUnits } from "./write-units.ts";

function openUnits({ units, trust }: World): UnitDirectory {
  try {
    return UnitDirectory.open(units, trust);
  } catch (cause) {
    if (!(cause instanceof UntrustedPathError)) throw cause;
    throw new Refusal("system", cause.message, { cause });
  }
}

/**
 * Makes the units of the account that the arguments name, out of the site's templates, and removes those that nobody
 * needs any more.
 * @throws Refusal before anything is written or removed
 */
export async function generate(args: readonly string[], world: World): Promise<void> {
  const account = await resolveAccount(parseInstance(args), world.lookUp);
  const templates = readTemplates(world.templates, world.trust);
  const units = templates.map((template) => renderUnit(template, account));
  using directory = openUnits(world);
  writeUnits(units, directory, world);
  await cleanUp(directory, templates, world);
}
