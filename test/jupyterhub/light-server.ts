import type { Testbed } from "../../testbed/index.ts";

const PROGRAM = "/opt/light/server.py";
const GATES = "/opt/gates";

/** What a light server answers to everything. */
export interface LightAnswer {
  readonly pid: number;
  readonly uid: number;
  readonly user: string;
  readonly server: string;
  readonly cgroup: string;
}

/** Says who it is, where JupyterHub tells it to listen. */
const SERVER = `
import json
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with open("/proc/self/cgroup") as cgroup:
            unit = cgroup.read().strip().rpartition("::")[2]
        who = {
            "pid": os.getpid(),
            "uid": os.getuid(),
            "user": os.environ["JUPYTERHUB_USER"],
            "server": os.environ["JUPYTERHUB_SERVER_NAME"],
            "cgroup": unit,
        }
        body = json.dumps(who).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

gate = f"${GATES}/{sys.argv[1]}.listen"
if os.path.exists(gate):
    open(gate).read()
url = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
ThreadingHTTPServer((url.hostname, url.port), Answer).serve_forever()
`;

const dropIn = `[Service]
ExecStart=
ExecStart=/usr/lib/hub-helper/exec-with-credentials /usr/bin/python3 ${PROGRAM} %n
ExecStartPre=/bin/sh -c 'test ! -p "$1" || cat "$1"' gate ${GATES}/%n.start-pre
`;

/**
 * Has a small server run in place of JupyterLab, where only the spawner matters.
 * @param units names of units, or of templates: each gets a drop-in
 */
export async function runLightServers(testbed: Testbed, ...units: string[]): Promise<void> {
  await testbed.write(PROGRAM, SERVER);
  await testbed.run(["mkdir", "-p", GATES]);
  for (const unit of units) await testbed.write(`/etc/systemd/system/${unit}.d/50-light.conf`, dropIn);
  await testbed.run(["systemctl", "daemon-reload"]);
}

/** The same for everybody. */
export const serveLightly = (testbed: Testbed): Promise<void> =>
  runLightServers(testbed, "jupyterhub-singleuser-.service");

/** Holds a light server back, in a step of its start, until it is opened. */
export interface Gate {
  /** Resolves when the server waits at it. */
  readonly reached: Promise<void>;
  open(): Promise<void>;
}

/** @param step `start-pre`: the unit is activating. `listen`: it is active, and nobody listens yet. */
export async function closeGate(testbed: Testbed, unit: string, step: "start-pre" | "listen"): Promise<Gate> {
  const path = `${GATES}/${unit}.${step}`;
  await testbed.run(["sh", "-c", 'rm -f "$1" && mkfifo -m 644 "$1"', "gate", path]);
  // Opening a FIFO for writing waits for the reader; closing it lets the reader go on. See fifo(7).
  const holder = testbed.spawn(["sh", "-c", 'exec 3>"$1"; rm "$1"; echo reached; read line', "gate", path]);
  const reached = new Promise<void>((resolve, reject) => {
    holder.stdout?.once("data", () => resolve());
    holder.once("close", () => reject(new Error(`nobody came to ${path}`)));
  });
  const closed = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  const open = async (): Promise<void> => {
    holder.stdin?.end();
    await closed;
  };
  return { reached, open };
}
