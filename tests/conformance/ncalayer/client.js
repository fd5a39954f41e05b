// Drives the unmodified ncalayer-js-client: reads calls from the command line, prints their results as JSON.
"use strict";

const { NCALayerClient } = require("ncalayer-js-client");

const [url, calls] = [process.argv[2], JSON.parse(process.argv[3])];

const run = async () => {
  const client = new NCALayerClient(url, false);
  client.kmdHttpApiUrl = "http://127.0.0.1:1/";
  const results = [{ result: await client.connect() }];
  for (const [method, ...args] of calls) {
    const given = args.map((arg) => (typeof arg === "string" && arg.startsWith("!!") ? NCALayerClient[arg.slice(2)] : arg));
    try {
      results.push({ result: await client[method](...given) });
    } catch (error) {
      results.push({ error: error.message, name: error.name, canceledByUser: error.canceledByUser });
    }
  }
  client.wsConnection.close();
  return results;
};

run().then(
  (results) => process.stdout.write(JSON.stringify(results)),
  (error) => {
    process.stderr.write(String(error.stack));
    process.exit(1);
  },
);
