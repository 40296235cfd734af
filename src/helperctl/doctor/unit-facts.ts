import type { UnitProperties } from "../machine/machine.ts";

/** A property that is a text; one that the unit does not have is empty. */
export const textOf = (unit: UnitProperties, name: string): string =>
  (unit[name] as string | undefined) ?? "";
/** A property that is a list of texts. */
export const textsOf = (unit: UnitProperties, name: string): readonly string[] =>
  (unit[name] as readonly string[] | undefined) ?? [];

/** What the checks read of any unit: org.freedesktop.systemd1(5). */
export interface UnitFacts {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly result: string;
  readonly fileState: string;
  readonly needDaemonReload: boolean;
  readonly fragment: string;
  readonly dropins: readonly string[];
}

export const unitFacts = (name: string, unit: UnitProperties): UnitFacts => ({
  name,
  loadState: textOf(unit, "LoadState"),
  activeState: textOf(unit, "ActiveState"),
  result: textOf(unit, "Result"),
  fileState: textOf(unit, "UnitFileState"),
  needDaemonReload: unit["NeedDaemonReload"] === true,
  fragment: textOf(unit, "FragmentPath"),
  dropins: textsOf(unit, "DropInPaths"),
});

/** What an admin wrote over the unit that was installed: `systemctl revert` takes away just that. */
export const overrides = ({ dropins }: UnitFacts): string[] =>
  dropins.filter((path) => /^\/(?:etc|run)\/systemd\//.test(path));
