import type { UnitState } from "../../../src/client/index.ts";
import type { Key } from "../../../src/helperctl/top/key-reader.ts";
import type { Model, Size } from "../../../src/helperctl/top/model.ts";
import { beginWith, reduce } from "../../../src/helperctl/top/model.ts";

export const SIZE: Size = { rows: 12, columns: 80 };

/** A model that has had its snapshot. */
export const modelOf = (units: readonly UnitState[], size: Size = SIZE): Model =>
  reduce(beginWith("user", size), { type: "snapshot", units });

/** Keys by their names; text in one piece is typed letter by letter. */
export const keysOf = (...words: readonly string[]): Key[] =>
  words.flatMap((word): Key[] =>
    NAMES.has(word)
      ? [{ kind: "named", name: word }]
      : Array.from(word).map((text) => ({ kind: "text", text, pasted: false })),
  );

const NAMES = new Set([
  "up",
  "down",
  "pageup",
  "pagedown",
  "home",
  "end",
  "enter",
  "escape",
  "backspace",
  "ctrl-c",
  "ctrl-u",
]);

export const pressed = (model: Model, ...words: readonly string[]): Model =>
  keysOf(...words).reduce((state, key) => reduce(state, { type: "key", key }), model);
