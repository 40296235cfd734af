import type { Key } from "./key-reader.ts";
import type { Model } from "./model.ts";
import { SORT_NAMES, SORTS } from "./sorts.ts";

/** What a key does; `page` is how many rows there are on the screen. */
type Action = (model: Model, page: number) => Model;

const LONGEST_FILTER = 100;

const scroll =
  (by: (page: number) => number): Action =>
  (model, page) => ({ ...model, above: model.above + by(page) });

const withoutFilter: Action = (model) => ({ ...model, filter: "", typing: false });
const quit: Action = (model) => ({ ...model, over: true });

/** What works also while the filter is typed. */
const ALWAYS: Readonly<Partial<Record<string, Action>>> = {
  up: scroll(() => -1),
  down: scroll(() => 1),
  pageup: scroll((page) => -page),
  pagedown: scroll((page) => page),
  home: scroll(() => -Infinity),
  end: scroll(() => Infinity),
  escape: withoutFilter,
  "ctrl-c": quit,
};

const COMMANDS: Readonly<Partial<Record<string, Action>>> = {
  ...Object.fromEntries(
    SORT_NAMES.map((sort) => [SORTS[sort].key, (model: Model) => ({ ...model, sort, turned: false })]),
  ),
  r: (model) => ({ ...model, turned: !model.turned }),
  "/": (model) => ({ ...model, typing: true }),
  q: quit,
};

const TYPING: Readonly<Partial<Record<string, Action>>> = {
  enter: (model) => ({ ...model, typing: false }),
  backspace: (model) => ({ ...model, filter: Array.from(model.filter).slice(0, -1).join("") }),
  "ctrl-u": (model) => ({ ...model, filter: "" }),
};

const typed = (model: Model, text: string): Model => ({
  ...model,
  filter: Array.from(model.filter + text)
    .slice(0, LONGEST_FILTER)
    .join(""),
});

/** What text does: each letter by itself is a command, and a whole pasted text never is. */
function enterText(model: Model, { text, pasted }: Extract<Key, { kind: "text" }>, page: number): Model {
  if (model.typing) return typed(model, text);
  return pasted ? model : (COMMANDS[text]?.(model, page) ?? model);
}

/** What becomes of the model when a key is pressed. */
export function press(model: Model, key: Key, page: number): Model {
  if (key.kind === "text") return enterText(model, key, page);
  const action = ALWAYS[key.name] ?? (model.typing ? TYPING[key.name] : undefined);
  return action?.(model, page) ?? model;
}
