// Pictures of a gallery: few at a time, and none for what is scrolled past. Knows nothing of pages.

export class Pictures {
  /**
   * @param {(key: object) => {done: Promise<void>, cancel: () => void}} load
   * @param {number} most how many are loaded at a time
   * @param {number} restMillis how long a picture has to be wanted before it is asked for
   */
  constructor({ load, most = 6, restMillis = 80 }) {
    Object.assign(this, { load, most, restMillis });
    this.resting = new Map();
    this.ready = [];
    this.loading = new Map();
  }

  want(key) {
    this.resting.set(key, setTimeout(() => {
      this.resting.delete(key);
      this.ready.push(key);
      this.pump();
    }, this.restMillis));
  }

  /** It is no longer wanted: not asked for, or given up. */
  drop(key) {
    clearTimeout(this.resting.get(key));
    this.resting.delete(key);
    this.ready = this.ready.filter((one) => one !== key);
    const loading = this.loading.get(key);
    if (loading) {
      this.loading.delete(key);
      loading.cancel();
      this.pump();
    }
  }

  pump() {
    while (this.loading.size < this.most && this.ready.length > 0) {
      const key = this.ready.shift();
      const loading = this.load(key);
      this.loading.set(key, loading);
      const end = () => {
        if (this.loading.get(key) === loading) {
          this.loading.delete(key);
          this.pump();
        }
      };
      loading.done.then(end, end);
    }
  }
}
