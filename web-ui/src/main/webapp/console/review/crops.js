// The open proposals of a gallery, of which only the pages that are looked at are read. Knows nothing of pages of the console.

/** Stands where a proposal was that somebody decided about before its page was read. */
export const GONE = Object.freeze({ gone: true });

export class Crops {
  /**
   * @param {{places: () => Promise<{total: number, ends: string[]}>,
   *   page: (after: string | null, until: string | null, signal: AbortSignal) => Promise<{items: object[]}>}} source
   * @param {number} size of a page, by which `places` tells where pages end
   */
  constructor({ places, page, size, onChange = () => {}, onProblem = () => {} }) {
    Object.assign(this, { places, page, size, onChange, onProblem });
    this.total = 0;
    this.ends = [];
    this.pages = new Map();
    this.reading = new Map();
  }

  async open() {
    const { total, ends } = await this.places();
    this.total = total;
    this.ends = ends;
    return this;
  }

  /** The proposal at a place; null while its page is not read; GONE if somebody decided about it. */
  at(place) {
    const page = this.pages.get(Math.floor(place / this.size));
    return page ? page[place % this.size] ?? GONE : null;
  }

  /** Reads what is missing from a place to another, and stops reading what is elsewhere, unless somebody waits for it. */
  want(first, last) {
    const from = Math.floor(first / this.size);
    const to = Math.floor(last / this.size);
    this.reading.forEach(({ stopping, awaited }, page) => {
      if (!awaited && (page < from || page > to)) {
        stopping.abort();
        this.reading.delete(page);
      }
    });
    for (let page = from; page <= to; page++) {
      this.read(page);
    }
  }

  /**
   * The proposals at some places, once they are read; those that are gone are left out.
   * @returns {Promise<object[] | null>} null if some could not be read
   */
  async those(places) {
    await Promise.all([...new Set(places.map((place) => Math.floor(place / this.size)))].map((page) => this.read(page, true)));
    const found = places.map((place) => this.at(place));
    return found.includes(null) ? null : found.filter((crop) => crop !== GONE);
  }

  read(number, awaited = false) {
    if (this.pages.has(number) || number * this.size >= this.total) {
      return null;
    }
    if (!this.reading.has(number)) {
      const stopping = new AbortController();
      this.reading.set(number, { stopping, done: this.readPage(number, stopping) });
    }
    const reading = this.reading.get(number);
    reading.awaited ||= awaited;
    return reading.done;
  }

  async readPage(number, stopping) {
    try {
      const { items } = await this.page(this.ends[number - 1] ?? null, this.ends[number] ?? null, stopping.signal);
      this.pages.set(number, items);
    } catch (problem) {
      if (!stopping.signal.aborted) {
        this.onProblem(problem);
      }
    }
    if (this.reading.get(number)?.stopping === stopping) {
      this.reading.delete(number);
    }
    this.onChange();
  }

  close() {
    this.reading.forEach(({ stopping }) => stopping.abort());
    this.reading.clear();
  }
}
