#!/usr/bin/env node
require("../dist/program/main.cjs")
  .main(process.argv.slice(2))
  .then(() => {
    // Everything is written. On its own Node 20 now and then waits for ever here, for a compilation of WebAssembly in the background; threads
    // end by themselves, since Node 20 may abort where they are torn down in the middle of one.
    if (!process.getActiveResourcesInfo().some((kind) => /Worker|MessagePort/.test(kind))) process.exit();
  });
