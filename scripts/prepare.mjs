// npm runs it after every install: makes the types of the Worker's bindings, which git does not hold, so that an editor
// shows no red line in a fresh clone. `npm run check` makes them too: what fails here is told and ends nothing. Plain
// JavaScript: npm may run it on a Node that reads no types.
const say = (text) => process.stderr.write(`${text}\n`);

try {
  const { ensureWorkerTypes } = await import("./checks/worker-types.ts");
  const { ok, output } = await ensureWorkerTypes();
  if (!ok) say(`The types of the Worker were not made; npm run check makes them.\n${output}`);
} catch (error) {
  say(
    `The types of the Worker were not made; npm run check makes them. ${error instanceof Error ? error.message : ""}`,
  );
}
