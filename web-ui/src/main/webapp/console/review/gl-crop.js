import { framed } from '../boxes.js';
import { Pictures } from './pictures.js';

/** A thumbnail's longer side; what would be shown from fewer of its pixels than this is cut out of the whole picture. */
const THUMBNAIL = 480;
const FEWEST = 90;

const pictures = new Pictures({ load: (crop) => crop.load() });

/**
 * A box cut out of its picture, with some of what is around it. Properties: `crop`, with `bbox`, `image`, `imageWidth` and
 * `imageHeight`; `size`, {width, height} in pixels of the screen. Its picture is asked for once it has been on the page for a moment,
 * and given up when it leaves.
 */
class Crop extends HTMLElement {
  set crop(crop) {
    if (crop !== this.shown) {
      this.shown = crop;
      this.again();
    }
  }

  set size(size) {
    if (size.width !== this.view?.width || size.height !== this.view?.height) {
      this.view = size;
      this.place();
    }
  }

  connectedCallback() {
    if (!this.picture) {
      this.picture = new Image();
      this.picture.alt = '';
      this.picture.decoding = 'async';
      this.outline = document.createElement('span');
      this.append(this.picture, this.outline);
    }
    this.again();
  }

  disconnectedCallback() {
    pictures.drop(this);
  }

  again() {
    pictures.drop(this);
    if (this.isConnected && this.picture && this.shown) {
      this.place();
      pictures.want(this);
    }
  }

  place() {
    if (!this.picture || !this.shown || !this.view) {
      return;
    }
    const { bbox: [x, y, width, height], imageWidth, imageHeight } = this.shown;
    const view = framed([x, y, width, height], { width: imageWidth, height: imageHeight }, this.view.width / this.view.height);
    const scale = this.view.width / view[2];
    Object.assign(this.style, { width: `${this.view.width}px`, height: `${this.view.height}px` });
    const put = (element, left, top, wide, high) => Object.assign(element.style, {
      width: `${wide * scale}px`, height: `${high * scale}px`, transform: `translate(${(left - view[0]) * scale}px, ${(top - view[1]) * scale}px)`,
    });
    put(this.picture, 0, 0, imageWidth, imageHeight);
    put(this.outline, x, y, width, height);
  }

  get address() {
    const { bbox, image, imageWidth, imageHeight } = this.shown;
    const pixels = Math.max(bbox[2], bbox[3]) * Math.min(1, THUMBNAIL / Math.max(imageWidth, imageHeight));
    return `/api/images/${image}/${pixels < FEWEST && Math.max(imageWidth, imageHeight) > THUMBNAIL ? 'picture' : 'thumbnail'}`;
  }

  load() {
    const { picture } = this;
    this.removeAttribute('failed');
    const done = new Promise((resolve) => {
      picture.onload = () => resolve();
      picture.onerror = () => {
        this.setAttribute('failed', '');
        resolve();
      };
    });
    picture.src = this.address;
    return { done, cancel: () => { picture.onerror = null; picture.removeAttribute('src'); } };
  }
}

customElements.define('gl-crop', Crop);
