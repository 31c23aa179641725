// The workers, and what they still have to do: the latest wish wins, what was run once is kept.

export class Pool {
  constructor(source, told) {
    const count = Math.max(1, navigator.hardwareConcurrency || 2); // the page itself mostly waits for them
    this.url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.waiting = [];
    this.running = new Map();
    this.idle = [];
    this.number = 0;
    for (let i = 0; i < count; i++) this.open(told);
  }

  open(told) {
    const worker = new Worker(this.url);
    worker.onmessage = ({ data }) => {
      if (!data.ready) {
        const job = this.running.get(data.id);
        this.running.delete(data.id);
        job.done(data.found, data.fault);
      }
      this.idle.push(worker);
      this.next();
    };
    worker.postMessage(told);
  }

  // Put jobs in place of all that wait; those that run already are not asked for again.
  ask(jobs) {
    const begun = new Set([...this.running.values()].map((job) => job.name));
    this.waiting = jobs.filter((job) => !begun.has(job.name));
    this.next();
  }

  next() {
    while (this.idle.length && this.waiting.length) {
      const job = this.waiting.shift();
      const id = ++this.number;
      this.running.set(id, job);
      this.idle.pop().postMessage({ id, ...job.message });
    }
  }
}
