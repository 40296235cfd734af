import type { Testbed } from "../../testbed/index.ts";

const PROGRAM = "/opt/light-server.py";

/** Answers everything with who it is, and with its own unit, as JSON. */
const SOURCE = `
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("/proc/self/cgroup") as cgroup:
            unit = cgroup.read().strip().rpartition("::")[2]
        who = {
            "uid": os.getuid(),
            "user": os.environ["JUPYTERHUB_USER"],
            "server": os.environ["JUPYTERHUB_SERVER_NAME"],
            "cgroup": unit,
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(who).encode())

where = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
HTTPServer((where.hostname, where.port), Answer).serve_forever()
`;

export interface LightAnswer {
  readonly uid: number;
  readonly user: string;
  readonly server: string;
  readonly cgroup: string;
}

/** For tests of the spawner alone: puts a server that is up at once in JupyterLab's place, for everybody. */
export async function serveLightly(testbed: Testbed): Promise<void> {
  await testbed.write(PROGRAM, SOURCE);
  const exec = `/usr/lib/hub-helper/exec-with-credentials /usr/bin/python3 ${PROGRAM}`;
  await testbed.write(
    "/etc/systemd/system/jupyterhub-singleuser-.service.d/50-light.conf",
    `[Service]\nExecStart=\nExecStart=${exec}\n`,
  );
  await testbed.run(["systemctl", "daemon-reload"]);
}
