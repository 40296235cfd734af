import { UnitTexts } from "../../check/unit-texts.ts";
import type { Check } from "../check.ts";
import { ifReachable } from "../if-reachable.ts";
import { judgeSocket } from "../judge-socket.ts";
import { lookAt } from "../look-at.ts";
import { GROUP, HELPER_SOCKET, SOCKET_PATH } from "../names.ts";
import { filesOf, textOf } from "../properties.ts";

export const socket: Check = {
  name: "socket",
  title: "/run/hub-helper/helper.sock: who may connect",
  run: async ({ unit, names }) => {
    // The file can be looked at all the same.
    const asked = ifReachable(unit(HELPER_SOCKET));
    const [gid, properties] = await Promise.all([names.groupByName(GROUP), asked]);
    const isLoaded = properties !== null && textOf(properties, "LoadState") === "loaded";
    if (properties !== null && !isLoaded) return [];
    const { assignments } = await new UnitTexts().read(properties === null ? [] : filesOf(properties));
    return judgeSocket({ socket: lookAt(SOCKET_PATH), gid, unit: properties, assignments });
  },
};
