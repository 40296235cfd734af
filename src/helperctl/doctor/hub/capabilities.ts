/** capability(7), of which a hub may want the one for a port below 1024. */
export const NET_BIND_SERVICE = 1n << 10n;

/** A set of capabilities, as systemd gives it on the bus. */
export const capabilitiesOf = (value: unknown): bigint =>
  typeof value === "bigint" || typeof value === "number" ? BigInt(value) : 0n;
