import * as v from "valibot";
import { mapOf } from "../protocol/params.ts";

type TomlTable = Record<string, unknown>;

export const emptyTable = (): TomlTable => Object.create(null) as TomlTable;

/** The parser makes tables without a prototype; a date is an object too, but no table. */
const isTable = (value: unknown): value is TomlTable =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;

const anyTable = v.custom<TomlTable>(isTable, "must be a table");

/** Reports every key that is not known. valibot's strictObject stops at the first. */
const onlyKeys = (known: readonly string[]) =>
  v.pipe(
    anyTable,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const [key, value] of Object.entries(dataset.value)) {
        if (known.includes(key)) continue;
        addIssue({
          message: `is not a known key; known here: ${known.join(", ")}`,
          path: [{ type: "object", origin: "key", input: dataset.value, key, value }],
        });
      }
    }),
    v.transform(() => ({})),
  );

/** A table with these keys and no others. */
export const table = <const E extends v.ObjectEntries>(entries: E) =>
  v.pipe(
    anyTable,
    v.intersect([
      onlyKeys(Object.keys(entries)),
      v.object(Object.assign(Object.create(null) as object, entries)),
    ]),
  );

/** A table whose keys are the admin's own names. */
export const tableOf = <T>(value: v.GenericSchema<unknown, T>) => v.pipe(anyTable, mapOf(value));

export const anything = v.unknown();
export const flag = v.boolean("must be true or false");
export const text = v.string("must be a string");

/** A string for which `problemOf` has nothing to say. */
export const textWhere = (problemOf: (value: string) => string | null) =>
  v.pipe(
    text,
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? problemOf(dataset.value) : null;
      if (problem !== null) addIssue({ message: problem });
    }),
  );

export const integer = (min: number, max: number) => {
  const problem = `must be an integer from ${min} to ${max}`;
  return v.pipe(
    v.number(problem),
    v.check((value) => Number.isSafeInteger(value) && value >= min && value <= max, problem),
  );
};

export const number = (min: number, max: number) => {
  const problem = `must be a number from ${min} to ${max}`;
  return v.pipe(
    v.number(problem),
    v.check((value) => value >= min && value <= max, problem),
  );
};

export const listOf = <T>(item: v.GenericSchema<unknown, T>) => v.array(item, "must be a list");

/** A list in a rule: one that is empty would make the rule allow nothing, which nobody means. */
export const someOf = <T>(item: v.GenericSchema<unknown, T>) =>
  v.pipe(listOf(item), v.minLength(1, "is empty; name at least one"));
