import { realpathSync } from "node:fs";
import { viewOf } from "../../../units/sandbox-view.ts";
import { lastOf } from "../../../units/unit-file.ts";
import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf, spotOf } from "../complaint.ts";

/** Where PID 1 hears that a program is ready: $NOTIFY_SOCKET of systemd.exec(5). */
const SOCKET = "/run/systemd/notify";
const TYPES: ReadonlySet<string> = new Set(["notify", "notify-reload"]);

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return path;
  }
}

/** Whether a program that has to say that it is ready can reach systemd. */
export function lintNotify(unit: LoadedUnit): Complaint[] {
  if (!TYPES.has(unit.raw.Type)) return [];
  const seen = viewOf(SOCKET, unit.properties, resolved);
  if (seen?.view !== "hidden") return [];
  return [
    {
      code: "unit-notify-hidden",
      severity: "error",
      unit,
      problem: `it has Type=${unit.raw.Type}, and its program cannot say that it is ready: ${seen.setting ?? "a setting"} hides ${SOCKET}, and the start never succeeds`,
      at: spotOf(lastOf(unit.assignments, "Type")) ?? fragmentOf(unit),
      mend: { kind: "dropin", name: "50-notify.conf", lines: [`BindReadOnlyPaths=${SOCKET}`] },
    },
  ];
}
