#!/usr/bin/env node
const keep = require("./compiled.js").loadCompiled(require.resolve("../dist/program/start.cjs"));

const hasThreads = () => process.getActiveResourcesInfo().some((kind) => /Worker|MessagePort/.test(kind));

require("../dist/program/main.cjs")
  .main(process.argv.slice(2), () => {
    // Threads that end change a flag of V8, and what is kept under another flag is of no use.
    if (!hasThreads()) keep();
  })
  .then(() => {
    // Everything is written. Threads end by themselves: Node 20 may abort where they are torn down.
    if (!hasThreads()) process.exit();
  });
