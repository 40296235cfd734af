// A bare socket that gives back what it gets, for the time beside which the helper's is judged: echo PATH.
import { createServer } from "node:net";

const [path = ""] = process.argv.slice(2);
const server = createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});
server.listen({ path, backlog: 4096, writableAll: true, readableAll: true }, () => {
  process.stdout.write("ready\n");
});
