#!/usr/bin/env node
const args = process.argv.slice(2);
// Not where files are read: they take longer than that gains, and Node 20 has waited for ever for a thread that compiles in the background.
const isShort = !args.some((arg) => /^(-i|--(input|features|samples|class-sums)\b)/.test(arg));
const keep = isShort ? require("./compiled.js").loadCompiled(require.resolve("../dist/program/start.cjs")) : () => {};

require("../dist/program/main.cjs")
  .main(args)
  .then(() => {
    keep();
    // Everything is written. Threads end by themselves: Node 20 may abort where they are torn down.
    if (!process.getActiveResourcesInfo().some((kind) => /Worker|MessagePort/.test(kind))) process.exit();
  });
