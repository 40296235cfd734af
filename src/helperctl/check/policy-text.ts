import type { KeyPath, Places } from "../../policy/locate.ts";
import type { Trust } from "../../policy/open-safely.ts";
import { parseFile } from "../../policy/parse-file.ts";
import type { PolicyPaths } from "../../policy/read-files.ts";
import { readFiles } from "../../policy/read-files.ts";
import type { Place, Rule } from "../../policy/types.ts";

/** Where the parts of a policy's rules stand in its files. */
export class PolicyText {
  readonly #places = new Map<string, Places>();

  constructor(paths: PolicyPaths, trust: Trust) {
    for (const file of readFiles(paths, trust).files.map(parseFile)) {
      if ("places" in file) this.#places.set(file.path, file.places);
    }
  }

  /** Where a key of a rule stands, or the rule. */
  placeIn({ place }: Rule, ...key: KeyPath): Place {
    const places = this.#places.get(place.file);
    for (let at = 0; places?.has(["allow", at]); at++) {
      const { line, column } = places.find(["allow", at]);
      if (line === place.line && column === place.column) {
        return { file: place.file, ...places.find(["allow", at, ...key]) };
      }
    }
    return place;
  }
}
