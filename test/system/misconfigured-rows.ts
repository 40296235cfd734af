/** One way to get it wrong. */
export interface Misconfiguration {
  readonly what: string;
  /** Shell lines, run as root. */
  readonly breaks: string;
  /** Code of the finding that names it. */
  readonly code: string;
  /** Other findings that the same thing leads to, which go with it. */
  readonly also?: readonly string[];
  /** Codes of what it comes to when the command has been run: what only the admin can know. */
  readonly leaves?: readonly string[];
  /** What the admin then does. */
  readonly then?: string;
}

const POLICY = "/etc/hub-helper/policy.toml";
const BUS_POLICY = "/usr/share/dbus-1/system.d/org.hubhelper.Helper1.conf";
const RELOAD_BUS = "busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig";
const ZOE = "/etc/systemd/system/jupyterhub-singleuser-zoe.service";
const SUDOERS = "/etc/sudoers.d/jupyterhub";
const SPAWNER = "/opt/jupyterhub/bin/sudospawner";

/** A drop-in, in force. */
const dropin = (unit: string, section: string, line: string, name = "local.conf"): string =>
  `mkdir -p /etc/systemd/system/${unit}.d
   printf '[${section}]\\n${line}\\n' >/etc/systemd/system/${unit}.d/${name}
   systemctl daemon-reload
   systemctl try-restart ${unit}`;

/** A drop-in for the helper, and no other: what fixed one row would win against the next. */
const onFreshHelper = (line: string): string =>
  `rm -rf /etc/systemd/system/helper.service.d\n${dropin("helper.service", "Service", line)}`;

/** Those of the acceptance test. */
export const TEN: readonly Misconfiguration[] = [
  {
    what: "the group of the socket is another",
    breaks: dropin("helper.socket", "Socket", "SocketGroup=jupyterhub"),
    code: "socket-setting",
  },
  {
    what: "the policy can be written by others",
    breaks: `chmod 0666 ${POLICY}`,
    code: "policy-file",
  },
  {
    what: "the group of a rule does not exist",
    breaks: "groupdel jupyterhub",
    code: "policy-warning",
    also: ["unit-left-over"],
    leaves: ["target-nobody", "unit-left-over"],
    then: "gpasswd --add zoe jupyterhub; gpasswd --add wash jupyterhub",
  },
  {
    what: "a unit file is missing",
    breaks: `rm ${ZOE}`,
    code: "unit-missing",
  },
  {
    what: "a unit has no User=",
    breaks: `sed -i /^User=/d ${ZOE} && systemctl daemon-reload`,
    code: "unit-user",
  },
  {
    what: "a unit has Type=simple",
    breaks: `sed -i s/^Type=.*/Type=simple/ ${ZOE} && systemctl daemon-reload`,
    code: "unit-type",
  },
  {
    what: "a sudoers file is left over",
    breaks: `printf 'jupyter ALL=(%%jupyterhub) NOPASSWD: ${SPAWNER}\\n' >${SUDOERS} && chmod 0440 ${SUDOERS}`,
    code: "sudoers-left-over",
  },
  {
    what: "the hub may gain privileges",
    breaks: `sed -i /^NoNewPrivileges=/d /etc/systemd/system/hub.service
      ${dropin("hub.service", "Service", "RestrictSUIDSGID=no\\nNoNewPrivileges=no", "override.conf")}`,
    code: "hub-no-new-privileges",
  },
  {
    what: "the staging tree belongs to the hub",
    breaks: "chown jupyter /run/hub-helper/credentials",
    code: "staging-owner",
  },
  {
    what: "helper.socket is not enabled",
    breaks: "systemctl disable --now helper.socket",
    code: "socket-not-enabled",
  },
];

/** What else an admin may run into. */
export const MORE: readonly Misconfiguration[] = [
  {
    what: "the bus's policy about the helper is missing",
    breaks: `rm ${BUS_POLICY}`,
    code: "bus-policy-missing",
  },
  {
    what: "the bus's policy about the helper lets everybody send to it",
    breaks: `sed -i 's/deny send/allow send/' ${BUS_POLICY}`,
    code: "bus-policy-changed",
  },
  {
    what: "the bus did not know the policy when the helper started",
    breaks: `systemctl stop helper.service
      mv ${BUS_POLICY} /run/aside && ${RELOAD_BUS} && systemctl start helper.service
      until journalctl --quiet --unit=helper.service --grep='does not own' >/run/said; do :; done
      mv /run/aside ${BUS_POLICY}`,
    code: "bus-name",
  },
  {
    what: "the way to a credential of the hub's belongs to the hub",
    breaks: `install -d -o jupyter /etc/jupyterhub
      printf token >/etc/jupyterhub/token
      ${dropin("hub.service", "Service", "LoadCredential=token:/etc/jupyterhub/token")}`,
    code: "hub-opened-as-root",
  },
  {
    what: "the socket has lost its group, while the helper runs",
    breaks: "helperctl status && chgrp root /run/hub-helper/helper.sock",
    code: "socket-group",
  },
  {
    what: "the socket may be written by everybody",
    breaks: "chmod 0666 /run/hub-helper/helper.sock",
    code: "socket-mode",
  },
  { what: "the socket's file is gone", breaks: "rm /run/hub-helper/helper.sock", code: "socket-gone" },
  {
    what: "a file lies in the socket's place",
    breaks: "rm /run/hub-helper/helper.sock && touch /run/hub-helper/helper.sock",
    code: "socket-kind",
  },
  { what: "the socket was stopped", breaks: "systemctl stop helper.socket", code: "socket-not-active" },
  {
    what: "helper.socket is masked",
    breaks: "systemctl stop helper.socket && systemctl mask helper.socket",
    code: "helper-unit-masked",
  },
  {
    what: "helper.socket was triggered too often",
    breaks: `${dropin("helper.socket", "Socket", "TriggerLimitBurst=1")}
      until systemctl is-failed --quiet helper.socket; do helperctl status || true; systemctl stop helper.service; done
      rm -r /etc/systemd/system/helper.socket.d && systemctl daemon-reload`,
    code: "socket-failed",
  },
  {
    what: "a unit of the helper has changed on disk",
    breaks: "touch -d '1 minute' /usr/lib/systemd/system/helper.socket",
    code: "helper-unit-changed",
  },
  {
    what: "the daemon can be changed by others",
    breaks: "chmod 0666 /usr/lib/hub-helper/helper.mjs",
    code: "file-writable",
  },
  {
    what: "the daemon belongs to somebody else",
    breaks: "chown jupyter /usr/lib/hub-helper/helper.mjs",
    code: "file-owner",
  },
  {
    what: "a program of ours is gone",
    breaks: "rm /usr/lib/hub-helper/exec-with-credentials",
    code: "file-missing",
  },
  {
    what: "a program of ours cannot be executed",
    breaks: "chmod 0644 /usr/lib/hub-helper/exec-with-credentials",
    code: "file-not-executable",
  },
  {
    what: "a directory below /run/hub-helper is a link",
    breaks: "rmdir /run/hub-helper/sets && ln -s /root /run/hub-helper/sets",
    code: "staging-kind",
  },
  {
    what: "a directory below /run/hub-helper is missing",
    breaks: "rmdir /run/hub-helper/sets",
    code: "staging-missing",
  },
  {
    what: "a directory below /run/hub-helper may be read by others",
    breaks: "chmod 0755 /run/hub-helper/units",
    code: "staging-mode",
  },
  {
    what: "/run/hub-helper itself belongs to the hub",
    breaks: "chown jupyter /run/hub-helper",
    code: "staging-owner",
  },
  {
    what: "the sandbox of the helper is weaker",
    breaks: dropin(
      "helper.service",
      "Service",
      "ProtectSystem=no\\nPrivateNetwork=no\\nRestrictAddressFamilies=\\nPrivateDevices=no\\nCapabilityBoundingSet=~",
    ),
    code: "sandbox-weak",
  },
  {
    what: "the log of the helper is limited",
    breaks: onFreshHelper("LogRateLimitBurst=1000"),
    code: "journal-rate",
  },
  {
    what: "the log of the helper has journald's own limit",
    breaks: onFreshHelper("LogRateLimitIntervalSec=0"),
    code: "journal-rate",
  },
  {
    what: "the running helper was started with a limit",
    breaks: `${onFreshHelper("LogRateLimitIntervalSec=0")}
      systemctl stop helper.service && helperctl status
      rm /etc/systemd/system/helper.service.d/local.conf && systemctl daemon-reload`,
    code: "journal-rate-not-told",
  },
  {
    what: "the log of the helper does not go to the journal",
    breaks: onFreshHelper("StandardOutput=null"),
    code: "journal-output",
  },
  {
    what: "the journal takes only warnings of the helper's",
    breaks: onFreshHelper("LogLevelMax=warning"),
    code: "journal-level",
  },
  {
    what: "journald stores only warnings",
    breaks: `mkdir -p /etc/systemd/journald.conf.d
      printf '[Journal]\\nMaxLevelStore=warning\\n' >/etc/systemd/journald.conf.d/60-level.conf`,
    code: "journal-level",
  },
  {
    what: "journald keeps nothing",
    breaks: `mkdir -p /etc/systemd/journald.conf.d
      printf '[Journal]\\nStorage=none\\n' >/etc/systemd/journald.conf.d/60-none.conf`,
    code: "journal-none",
  },
  {
    what: "the policy was changed while the helper runs",
    breaks: `helperctl status && printf '# changed\\n' >>${POLICY}`,
    code: "policy-not-in-force",
  },
  {
    what: "the hub is not in the group that may connect",
    breaks: `gpasswd --delete jupyter hub-helper
      sed -i /^SupplementaryGroups=/d /etc/systemd/system/hub.service
      systemctl daemon-reload && systemctl restart hub.service`,
    code: "hub-cannot-connect",
  },
  {
    what: "the hub has no sockets to connect with",
    breaks: dropin("hub.service", "Service", "RestrictAddressFamilies=\\nRestrictAddressFamilies=AF_INET"),
    code: "hub-cannot-connect",
  },
  {
    what: "the hub has capabilities",
    breaks: dropin(
      "hub.service",
      "Service",
      "CapabilityBoundingSet=CAP_SYS_ADMIN\\nAmbientCapabilities=CAP_SYS_ADMIN",
    ),
    code: "hub-capabilities",
  },
  {
    what: "the hub's account is in a group that is as good as root",
    breaks: "gpasswd --add jupyter sudo",
    code: "hub-group",
    also: ["sudoers-left-over"],
  },
  {
    what: "a polkit rule is left over",
    breaks: `mkdir -p /etc/polkit-1/rules.d
      printf 'polkit.addRule(function (action, subject) { if (action.id == "org.freedesktop.systemd1.manage-units" && subject.user == "jupyter") return polkit.Result.YES; });' >/etc/polkit-1/rules.d/50-hub.rules`,
    code: "polkit-left-over",
  },
];
