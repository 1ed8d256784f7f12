#!/usr/bin/env node
const keep = require("./compiled.js").loadCompiled(require.resolve("../dist/program/start.cjs"));

require("../dist/program/main.cjs")
  .main(process.argv.slice(2))
  .then(() => {
    keep();
    // Everything is written. Threads end by themselves: Node 20 may abort where they are torn down.
    if (!process.getActiveResourcesInfo().some((kind) => /Worker|MessagePort/.test(kind))) process.exit();
  });
