// Stands for a user's notebook server: it answers with who it is. exec-with-credentials runs it, with the
// credentials of its unit as environment variables.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { JUPYTERHUB_API_TOKEN, JUPYTERHUB_SERVICE_URL, JUPYTERHUB_USER, JUPYTERHUB_SERVER_NAME } = process.env;
const { hostname, port } = new URL(JUPYTERHUB_SERVICE_URL);

const page = JSON.stringify({
  user: JUPYTERHUB_USER,
  server: JUPYTERHUB_SERVER_NAME,
  uid: process.getuid(),
  cgroup: readFileSync("/proc/self/cgroup", "utf8").trim(),
  tokenDigest: createHash("sha256").update(JUPYTERHUB_API_TOKEN).digest("hex"),
});

createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end(`${page}\n`);
}).listen(Number(port), hostname);
