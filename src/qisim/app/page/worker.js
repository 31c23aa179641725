// A worker: runs batches of sixteen, one at a time, and hands the numbers back.
import { Engine } from "./module.js";

let engine = null;
let laidOut = "";
self.onmessage = async ({ data }) => {
  if (data.code) {
    engine = await Engine.start(data.code, data);
    self.postMessage({ ready: true });
    return;
  }
  const { id, key, scenario, seed, price, worlds, weeks, live } = data;
  try {
    if (laidOut !== key) {
      laidOut = "";
      engine.layOut(scenario, seed, price);
      laidOut = key;
    }
    if (live) {
      self.postMessage({ id, found: engine.live(worlds[0], data) });
      return;
    }
    engine.run(worlds, data);
    const found = weeks ? engine.seen(weeks) : engine.found();
    const buffers = Object.values(found).map((numbers) => numbers.buffer);
    self.postMessage({ id, found }, buffers);
  } catch (error) {
    self.postMessage({ id, fault: String(error) });
  }
};
