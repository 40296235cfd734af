import type { Template } from "../../policy/types.ts";
import { renderProblem } from "../../policy/problem.ts";
import { allowancesOf } from "../../policy/allowances.ts";
import type { AdminDescription, TemplateDescription } from "../../protocol/results.ts";
import { PROTOCOL_VERSION } from "../../protocol/results.ts";
import type { Call, Handler } from "../call.ts";
import { lost } from "../log.ts";
import { VERSION } from "../version.ts";

/** Tells a peer who it is and what it may use. */
export const describe: Handler<"describe"> = async (call) => {
  const { policy, peer, services } = call;
  const { methods, templates } = allowancesOf(policy, peer);
  return {
    name: "hub-helper",
    version: VERSION,
    protocol: PROTOCOL_VERSION,
    peer: { uid: peer.uid, user: await services.names.nameOfUid(peer.uid) },
    methods: [...methods],
    templates: Object.fromEntries(
      [...templates].flatMap(([name, allowed]) => {
        const template = policy.templates.get(name);
        return template ? [[name, describeTemplate(template, allowed)]] : [];
      }),
    ),
    limits: { ...policy.limits },
    ...(peer.uid === 0 ? await describeForAdmin(call) : {}),
  };
};

const describeTemplate = (template: Template, methods: readonly string[]): TemplateDescription => ({
  default: template.default,
  named: template.namedUnit !== null,
  methods: [...methods],
  credentials: template.credentials && {
    env: [...template.credentials.env],
    envPinned: [...template.credentials.envPinned.keys()],
    files: [...template.credentials.files],
    maxBytes: template.credentials.maxBytes,
  },
});

const describeForAdmin = async ({ services, policy }: Call): Promise<AdminDescription> => ({
  policy: {
    hash: policy.hash,
    ageSeconds: services.policy.ageSeconds,
    warnings: policy.warnings.map(renderProblem),
  },
  uptimeSeconds: process.uptime(),
  activations: services.activations,
  connections: services.limiter.connections,
  peers: await services.peers.summary(services.names),
  counts: services.audit.counts,
  lostLogLines: lost.lines,
  lastRefusals: [...services.audit.lastRefusals],
});
