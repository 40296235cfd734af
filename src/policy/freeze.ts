const refuse = (): never => {
  throw new TypeError("this collection is frozen");
};

/** `Object.freeze` leaves the contents of a Map or a Set open: their writing methods are shut as well. */
function shut(collection: object, methods: readonly string[]): void {
  for (const method of methods) Object.defineProperty(collection, method, { value: refuse });
}

/** Freezes plain objects, arrays, maps and sets, and everything in them. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    shut(value, ["set", "delete", "clear"]);
    for (const member of value.values()) deepFreeze(member);
  } else if (value instanceof Set) {
    shut(value, ["add", "delete", "clear"]);
  } else {
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return Object.freeze(value);
}
