#!/usr/bin/env node
const args = process.argv.slice(2);
// A run that reads a file takes so long that the kept program gains nothing, and on Node 20 it could wait for ever with it: a compilation in
// the background needs a collection of garbage, which the main thread never makes.
const isShort = !args.some((arg) => /^(-i|--(input|features|samples|class-sums)\b)/.test(arg));
const keep = isShort ? require("./compiled.js").loadCompiled(require.resolve("../dist/program/start.cjs")) : () => {};

require("../dist/program/main.cjs")
  .main(args)
  .then(() => {
    keep();
    // Everything is written. Threads end by themselves: Node 20 may abort where they are torn down.
    if (!process.getActiveResourcesInfo().some((kind) => /Worker|MessagePort/.test(kind))) process.exit();
  });
