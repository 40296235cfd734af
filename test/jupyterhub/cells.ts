import type { Testbed } from "../../testbed/index.ts";
import { callHub } from "./hub-api.ts";

/** Makes a kernel, has it run a cell over a websocket, and ends it: all of it through the proxy, as a browser does. */
const PROGRAM = `
import json, sys, urllib.request, uuid
import websocket

asked = json.load(sys.stdin)
headers = {"Authorization": "token " + asked["token"]}
base = "http://127.0.0.1" + asked["prefix"] + "api/kernels"
with urllib.request.urlopen(urllib.request.Request(base, b"{}", headers)) as reply:
    kernel = json.load(reply)["id"]
channels = f"{base}/{kernel}/channels".replace("http:", "ws:")
socket = websocket.create_connection(channels, header=headers, timeout=60)
message_id = uuid.uuid4().hex
header = {"msg_id": message_id, "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
content = {"code": asked["code"], "silent": False, "store_history": False, "allow_stdin": False}
socket.send(json.dumps(
    {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
))
while True:
    message = json.loads(socket.recv())
    if message["parent_header"].get("msg_id") != message_id:
        continue
    said = message["content"]
    if message["msg_type"] == "stream":
        sys.stdout.write(said["text"])
    elif message["msg_type"] == "error":
        sys.stdout.write(said["ename"] + ": " + said["evalue"])
    elif message["msg_type"] == "status" and said["execution_state"] == "idle":
        break
socket.close()
urllib.request.urlopen(urllib.request.Request(f"{base}/{kernel}", None, headers, method="DELETE"))
`;

/** A token with which a user may do what they may do in the browser. */
export async function makeUserToken(testbed: Testbed, user: string): Promise<string> {
  const { body } = await callHub(testbed, "POST", `/users/${user}/tokens`, { body: { note: "a test" } });
  return (body as { token: string }).token;
}

/** What a cell prints that runs in a new kernel of a user's server; the name and the words of an exception. */
export async function runCell(testbed: Testbed, user: string, server: string, code: string): Promise<string> {
  const token = await makeUserToken(testbed, user);
  const prefix = `/user/${user}/${server === "" ? "" : `${server}/`}`;
  const { stdout } = await testbed.run(["/opt/jupyterhub/bin/python3", "-c", PROGRAM], {
    input: JSON.stringify({ token, prefix, code }),
    timeoutMs: 90_000,
  });
  return stdout;
}
