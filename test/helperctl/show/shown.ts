import type { Resources, ShownServer, ShownSlice, ShownUnit } from "../../../src/helperctl/show/shown.ts";
import { unitState } from "../../client/states.ts";

const MIB = 1024 ** 2;

const UNLIMITED: Resources = {
  memory: { used: null, limit: null, high: null, peak: null },
  tasks: { used: null, limit: null },
  cpu: { used: null, limit: null },
};

export const sliceOf = (name: string, resources: Partial<Resources> = {}): ShownSlice => ({
  name,
  ...UNLIMITED,
  ...resources,
});

export const shownUnit = (members: Partial<ShownUnit> = {}): ShownUnit => ({
  description: "Notebook server of zoe",
  fragmentPath: "/etc/systemd/system/jupyterhub-singleuser-zoe.service",
  dropInPaths: ["/etc/systemd/system/jupyterhub-singleuser-.service.d/10-limits.conf"],
  type: "exec",
  user: "zoe",
  slice: "jupyterhub.slice",
  controlGroup: "/jupyterhub.slice/jupyterhub-singleuser-zoe.service",
  stateChanged: "2030-01-02T00:00:00.000Z",
  memory: { used: 312 * MIB, limit: 4096 * MIB, high: null, peak: null },
  tasks: { used: 17, limit: 512 },
  cpu: { used: 754.2, limit: 1.5 },
  ...members,
});

/** Everything about a server that runs, with what matters to a test. */
export const shownServer = (members: Partial<ShownServer> = {}): ShownServer => ({
  state: unitState({
    activeSince: "2030-01-02T00:00:00Z",
    credentials: [
      { name: "env", bytes: 44 },
      { name: "keyfile", bytes: 1704 },
    ],
  }),
  unit: shownUnit(),
  slices: [
    sliceOf("jupyterhub.slice", {
      memory: { used: 3174 * MIB, limit: 65536 * MIB, high: null, peak: null },
      tasks: { used: 190, limit: null },
    }),
    sliceOf("-.slice"),
  ],
  sandbox: { score: 4.2, rating: "OK" },
  job: { kind: "asked", type: "start", time: "2030-01-02T03:00:00.000Z", outcome: "ok", durationMs: 42 },
  audit: [],
  journal: [
    {
      time: "2030-01-02T03:00:00.000Z",
      identifier: "systemd",
      pid: 1,
      message: "Started the notebook server of zoe.",
    },
  ],
  ...members,
});
