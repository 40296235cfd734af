// Runs inside the container: asks the hub for the servers of many users at the same moment, and prints for each how long
// it took until the hub said "ready", in milliseconds, or what it said instead.
// usage: node log-in-together.mjs HUB TOKEN USER...
const [hub, token, ...users] = process.argv.slice(2);
const headers = { authorization: `token ${token}` };

async function logIn(user) {
  const began = performance.now();
  const server = `${hub}/hub/api/users/${user}/server`;
  const reply = await fetch(server, { method: "POST", headers });
  if (reply.status === 202) {
    // Ends with the spawn.
    const said = await (await fetch(`${server}/progress`, { headers })).text();
    if (!said.includes('"ready": true')) return { user, failure: said.trim().split("\n").at(-1) };
  } else if (reply.status !== 201) return { user, failure: await reply.text() };
  return { user, ms: Math.round(performance.now() - began) };
}

process.stdout.write(JSON.stringify(await Promise.all(users.map(logIn))));
