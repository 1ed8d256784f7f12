#!/usr/bin/env node
require("../dist/program/main.cjs")
  .main(process.argv.slice(2))
  .then(() => {
    // Everything is written. V8 may still compile in the background, and want a collection of garbage for it, which nobody makes once the
    // program ends: Node 20 then waits for ever. After a collection there is room. Short runs, whose code is not compiled, need none.
    if (performance.now() > 120) {
      require("node:v8").setFlagsFromString("--expose-gc");
      require("node:vm").runInNewContext("gc")();
    }
    // Threads end by themselves: Node 20 may abort where they are torn down.
    if (!process.getActiveResourcesInfo().some((kind) => /Worker|MessagePort/.test(kind))) process.exit();
  });
