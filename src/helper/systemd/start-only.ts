import type { Variant } from "dbus-next";
import { BusError } from "./bus-errors.ts";
import type { Caller } from "./session.ts";

const PROPERTIES = "org.freedesktop.DBus.Properties";
const SERVICE_INTERFACE = "org.freedesktop.systemd1.Service";
const NO_SUCH_PROPERTY = "org.freedesktop.DBus.Error.UnknownProperty";

/** Whether a unit has `PermissionsStartOnly=`, which systemd keeps out of GetAll. */
export async function permissionsStartOnly(session: Caller, unit: string): Promise<boolean> {
  const [path] = await session.manager("LoadUnit", "s", unit);
  try {
    const name = "PermissionsStartOnly";
    const [variant] = await session.call(String(path), PROPERTIES, "Get", "ss", SERVICE_INTERFACE, name);
    return (variant as Variant).value === true;
  } catch (error) {
    // It is deprecated: a systemd that has dropped it does not act on it either.
    if (error instanceof BusError && error.errorName === NO_SUCH_PROPERTY) return false;
    throw error;
  }
}
