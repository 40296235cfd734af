import { DEFAULT_LIMITS } from "../policy/default-limits.ts";
import { targetOfUnit, unitOfSet } from "../units/resolve.ts";
import { countActivation } from "./activations.ts";
import { Audit } from "./audit.ts";
import { Collector } from "./collector.ts";
import { ConnectedPeers } from "./connected-peers.ts";
import { RunTree } from "./credentials/run-tree.ts";
import { CredentialStore } from "./credentials/store.ts";
import { JobTurns } from "./job-turns.ts";
import { Limiter } from "./limiter.ts";
import { log, strictLog } from "./log.ts";
import { Operations } from "./operations.ts";
import { PolicyHolder } from "./policy-holder.ts";
import { Names } from "./names.ts";
import { OWN_LANE } from "./lanes.ts";
import { Rotation } from "./rotation.ts";
import type { Services } from "./services.ts";
import { Shares } from "./shares.ts";
import { StartRecords } from "./start-records.ts";
import { Manager } from "./systemd/manager.ts";
import { Systemd } from "./systemd/systemd.ts";
import { tidyAfterStorms } from "./tidy.ts";
import { UnitChanges } from "./unit-changes.ts";
import { Watchers } from "./watchers.ts";

/** Makes the parts and ties them together: what PID 1 tells goes to those who wait, watch and collect. */
export function assemble(): Services {
  const names = new Names(OWN_LANE);
  const policy = new PolicyHolder(names, log);
  const changes = new UnitChanges();
  const operations = new Operations();
  const tree = new RunTree();
  const store = new CredentialStore(tree);
  const records = new StartRecords(tree);
  const watchers = new Watchers(() => services);
  const manager = new Manager({
    onUnitChanged(unit) {
      const found = targetOfUnit(policy.current?.templates.values() ?? [], unit);
      if (found === null) return;
      changes.emit(unit);
      watchers.changed(found);
      collector.consider(unit);
    },
    onGap() {
      changes.emitAll();
      watchers.resync();
    },
    onUnprotected(name, reason) {
      log.warn(
        { event: "bus-name", name, reason },
        `the helper does not own ${name} on the system bus (${reason}): any account can flood it with messages; helperctl doctor says more`,
      );
    },
  });
  const systemd = new Systemd(manager, OWN_LANE);
  const collector = new Collector({
    store,
    records,
    systemd,
    operations,
    unitAt: (path) => unitOfSet(policy.current?.templates.values() ?? [], path),
    log,
  });
  const limiter = new Limiter(() => policy.current?.limits ?? DEFAULT_LIMITS);
  // A journal that was stopped takes the other end of standard output with it. Only the next helper gets a new one.
  const audit = new Audit(log, strictLog, () => process.kill(process.pid, "SIGTERM"));
  const services: Services = {
    lane: OWN_LANE,
    names,
    systemd,
    store,
    records,
    operations,
    turns: new JobTurns(),
    collector,
    changes,
    watchers,
    limiter,
    peers: new ConnectedPeers(),
    rotation: new Rotation(),
    shares: new Shares(),
    activations: countActivation(tree, log),
    audit,
    policy,
    log,
  };
  tidyAfterStorms(services.rotation);
  return services;
}
