// A bare socket that sends back what it gets; the helper's times are compared with those beside it: echo PATH.
import { createServer } from "node:net";

const [path = ""] = process.argv.slice(2);
const server = createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});
server.listen({ path, backlog: 4096, writableAll: true, readableAll: true }, () => {
  process.stdout.write("ready\n");
});
