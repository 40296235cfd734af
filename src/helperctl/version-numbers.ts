/** The numbers that a version begins with: `252.39-1~deb12u2` has 252 and 39, `v20.19.1` has 20, 19 and 1. */
export const numbersOf = (version: string): number[] =>
  (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);

/** SO_PEERPIDFD: from here on the kernel can vouch for the unit of a peer. */
export const KERNEL_WITH_PIDFDS = [6, 5] as const;

export function isOlder(numbers: readonly number[], least: readonly number[]): boolean {
  for (const [at, wanted] of least.entries()) {
    const number = numbers[at] ?? 0;
    if (number !== wanted) return number < wanted;
  }
  return false;
}
