#!/usr/bin/env node
// From Node 22.8 on the compiled program is kept in a folder for temporary files (NODE_DISABLE_COMPILE_CACHE=1 does without).
require("node:module").enableCompileCache?.();
require("../dist/program/main.cjs")
  .main(process.argv.slice(2))
  .then(() => {
    // Everything is written. Threads end by themselves: Node 20 may abort where they are torn down.
    if (!process.getActiveResourcesInfo().some((kind) => /Worker|MessagePort/.test(kind))) process.exit();
  });
