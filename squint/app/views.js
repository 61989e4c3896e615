// The views of one moment on canvases, with one zoom for all, and the page's keys.
//
// Pictures are decoded before they are needed (`ahead`) and shown all at once. Coordinates of boxes are px of the
// frame; canvases are as large as they are shown.

const AROUND_FACE = 1.8; // boxes; what is shown around a face at the closest zoom
const HANDLE = 12; // CSS px around a box's corner that take hold of it
const SLOW_MS = 150; // waiting for longer than this is shown
const ZOOM_STEP = 0.1;
const WHEEL_STEP = 1.2;
const MOST_CLOSER = 20;
const PAN = 0.1; // of what is seen, by a key
const PAN_KEYS = { ArrowLeft: [-PAN, 0], ArrowRight: [PAN, 0], ArrowUp: [0, -PAN], ArrowDown: [0, PAN] };
const LOCAL_KEYS = { "+": -ZOOM_STEP, "=": -ZOOM_STEP, "-": ZOOM_STEP };

export default {
  template: `
    <div class="views" :data-shown="shown" :class="{ waiting: slow, drawing: editable }">
      <div class="grid" :style="grid">
        <figure v-for="(view, i) in views" :key="i" v-show="enlarged === null || enlarged === i"
                :class="{ selected: editable && i === selected }">
          <canvas ref="canvases" tabindex="0" role="img" :aria-label="label(view, i)"
                  @pointerdown="grab($event, i)" @pointermove="drag($event, i)" @pointerup="drop($event, i)"
                  @pointercancel="drop($event, i)" @dblclick="enlarge(i)" @wheel.prevent="wheel($event, i)"></canvas>
          <figcaption>{{ i + 1 }}<span v-if="note(view, i)"> · {{ note(view, i) }}</span></figcaption>
        </figure>
      </div>
      <label class="zoom"><span>Face</span>
        <input type="range" min="0" max="1" step="0.01" v-model.number="zoom" aria-label="Zoom of all views, from the face to the full frame">
        <span>Full frame</span>
      </label>
    </div>`,
  props: { item: String, views: Array, ahead: Array, frame: Array, columns: Number, editable: Boolean, selected: Number },
  data() {
    return { shown: "", slow: false, zoom: this.editable ? 1 : 0, enlarged: null, failed: [] };
  },
  computed: {
    grid() {
      const [rows, columns] = this.enlarged === null ? [Math.ceil(this.views.length / this.columns), this.columns] : [1, 1];
      return { gridTemplate: `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))` };
    },
  },
  watch: {
    item() { this.show(); },
    views() { if (this.shown === this.item) this.draw(); },
    selected() { this.draw(); },
    zoom() { this.focus = this.views.map((view) => view.box); this.draw(); },
    enlarged() { this.$nextTick(this.draw); },
  },
  created() {
    this.bitmaps = new Map(); // address to the promise of a decoded picture
    this.pictures = [];
    this.held = null; // what the pointer holds
    this.turn = 0;
  },
  mounted() {
    this.resizing = new ResizeObserver(() => this.draw());
    for (const canvas of this.$refs.canvases) this.resizing.observe(canvas);
    document.addEventListener("keydown", this.key);
    document.addEventListener("click", this.letGoOfButton);
    this.show();
  },
  unmounted() {
    this.resizing.disconnect();
    document.removeEventListener("keydown", this.key);
    document.removeEventListener("click", this.letGoOfButton);
  },
  methods: {
    label(view, i) {
      if (!view.url) return `View ${i + 1}: this camera has no frame of the moment`;
      return `View ${i + 1}: ${view.note || (view.box ? "a face" : "no face found")}`;
    },
    note(view, i) {
      if (!view.url) return "no frame";
      if (this.failed[i]) return "this frame cannot be read";
      if (view.note) return view.note;
      if (this.editable && view.changed) return view.box ? "corrected" : "box removed";
      if (!view.box) return "no face found";
      return this.editable ? `certainty ${Math.floor(view.certainty * 100)} %` : "";
    },

    // Pictures
    load(url) {
      if (!this.bitmaps.has(url)) {
        const picture = fetch(url).then((answer) => {
          if (!answer.ok) throw new Error(`${answer.status} for a frame`);
          return answer.blob();
        }).then((blob) => createImageBitmap(blob));
        this.bitmaps.set(url, picture);
        picture.catch(() => this.bitmaps.delete(url)); // the next time it is asked for again
      }
      return this.bitmaps.get(url);
    },
    async show() {
      const turn = ++this.turn; // only the last call shows something
      this.held = null; // what was held belongs to what was shown
      clearTimeout(this.timer);
      this.timer = setTimeout(() => (this.slow = true), SLOW_MS);
      const wanted = this.views.map((view) => (view.url ? this.load(view.url).catch(() => undefined) : null));
      const pictures = await Promise.all(wanted);
      if (turn !== this.turn) return;
      clearTimeout(this.timer);
      this.slow = false;
      this.pictures = pictures;
      this.failed = pictures.map((picture) => picture === undefined);
      this.pan = this.views.map(() => [0, 0]);
      this.closer = this.views.map(() => 1);
      this.focus = this.views.map((view) => view.box);
      this.draw();
      this.shown = this.item;
      this.prepare();
    },
    prepare() {
      const kept = new Set([...this.views.map((view) => view.url), ...this.ahead]);
      for (const [url, picture] of this.bitmaps) {
        if (!kept.has(url)) {
          this.bitmaps.delete(url);
          picture.then((bitmap) => bitmap.close(), () => {});
        }
      }
      for (const url of this.ahead) this.load(url).catch(() => {});
    },

    // Drawing
    place(i) {
      // Scale and origin of view i: canvas px = (frame px - origin) * scale.
      const { width, height } = this.$refs.canvases[i];
      const [frameWidth, frameHeight] = this.frame;
      const whole = Math.min(width / frameWidth, height / frameHeight);
      const face = this.focus[i];
      const close = face ? Math.max(Math.min(width, height) / (face[2] * AROUND_FACE), whole) : whole;
      const scale = Math.max(close ** (1 - this.zoom) * whole ** this.zoom * this.closer[i], whole);
      const centre = face ? [face[0] + face[2] / 2, face[1] + face[2] / 2] : [frameWidth / 2, frameHeight / 2];
      const origin = [[width, frameWidth], [height, frameHeight]].map(([canvas, size], axis) => {
        const seen = canvas / scale;
        const wanted = centre[axis] + this.pan[i][axis] - seen / 2;
        const got = seen >= size ? (size - seen) / 2 : Math.min(Math.max(wanted, 0), size - seen);
        this.pan[i][axis] += got - wanted; // a drag past the edge is not kept
        return got;
      });
      return { scale, origin };
    },
    draw() {
      if (!this.pan) return;
      this.$refs.canvases.forEach((canvas, i) => {
        const ratio = window.devicePixelRatio || 1;
        const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
        if (!width || !height) return;
        if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
        const context = canvas.getContext("2d", { alpha: false });
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.fillStyle = "#1b1b1b";
        context.fillRect(0, 0, width, height);
        if (!this.pictures[i]) return;
        const { scale, origin } = this.place(i);
        context.setTransform(scale, 0, 0, scale, -origin[0] * scale, -origin[1] * scale);
        context.imageSmoothingQuality = "medium";
        context.drawImage(this.pictures[i], 0, 0, ...this.frame);
        if (this.editable) this.drawBoxes(context, i, scale / ratio);
      });
    },
    drawBoxes(context, i, scale) {
      const view = this.views[i];
      const line = 2 / scale;
      const square = (box, colour, dashes) => {
        for (const [width, style] of [[1.6 * line, "#000"], [line, colour]]) {
          context.lineWidth = width;
          context.strokeStyle = style;
          context.setLineDash(dashes.map((dash) => dash / scale));
          context.strokeRect(box[0], box[1], box[2], box[2]);
        }
      };
      if (view.detected && view.changed) square(view.detected, "#e69f00", [6, 6]);
      const box = this.held?.view === i && this.held.box ? this.held.box : view.box;
      if (!box) return;
      square(box, view.changed || this.held?.view === i ? "#56b4e9" : "#e69f00", []);
      context.setLineDash([]);
      context.fillStyle = "#fff";
      const half = HANDLE / 4 / scale;
      for (const [x, y] of this.corners(box)) context.fillRect(x - half, y - half, 2 * half, 2 * half);
    },
    corners([x, y, size]) {
      return [[x, y], [x + size, y], [x, y + size], [x + size, y + size]];
    },

    // Pointer
    point(event, i) {
      const { scale, origin } = this.place(i);
      const ratio = window.devicePixelRatio || 1;
      return [event.offsetX * ratio / scale + origin[0], event.offsetY * ratio / scale + origin[1]];
    },
    grab(event, i) {
      if (event.button !== 0 || !this.pictures[i]) return;
      event.target.setPointerCapture(event.pointerId);
      const point = this.point(event, i);
      this.held = { shown: this.shown, view: i, from: point, how: "pan", box: null };
      if (!this.editable) return;
      this.$emit("select", i);
      const box = this.views[i].box;
      const near = (HANDLE * (window.devicePixelRatio || 1)) / this.place(i).scale;
      if (!box) {
        this.held.how = "new";
        return;
      }
      const corner = this.corners(box).findIndex(([x, y]) => Math.hypot(point[0] - x, point[1] - y) < near);
      const inside = [0, 1].every((axis) => point[axis] > box[axis] && point[axis] < box[axis] + box[2]);
      if (corner >= 0) Object.assign(this.held, { how: "size", fixed: this.corners(box)[3 - corner] });
      else if (inside) this.held.how = "move";
    },
    drag(event, i) {
      const held = this.held;
      if (held?.view !== i) return;
      const point = this.point(event, i);
      const moved = [point[0] - held.from[0], point[1] - held.from[1]];
      if (held.how === "pan") {
        this.pan[i] = [this.pan[i][0] - moved[0], this.pan[i][1] - moved[1]];
      } else if (held.how === "move") {
        const [x, y, size] = this.views[i].box;
        held.box = [x + moved[0], y + moved[1], size];
      } else {
        const [x, y] = held.how === "size" ? held.fixed : held.from;
        const size = Math.max(Math.abs(point[0] - x), Math.abs(point[1] - y));
        held.box = [point[0] < x ? x - size : x, point[1] < y ? y - size : y, size];
      }
      this.draw();
    },
    drop(event, i) {
      const held = this.held;
      this.held = null;
      if (held?.view === i && held.box && held.box[2] > HANDLE / 2) this.$emit("box", { shown: held.shown, view: i, box: held.box });
      this.draw();
    },
    wheel(event, i) {
      // This view alone, around the pointer.
      if (!this.pictures[i] || !event.deltaY) return;
      const before = this.point(event, i);
      const factor = event.deltaY < 0 ? WHEEL_STEP : 1 / WHEEL_STEP;
      this.closer[i] = Math.min(Math.max(this.closer[i] * factor, 1 / MOST_CLOSER), MOST_CLOSER);
      const after = this.point(event, i);
      this.pan[i] = this.pan[i].map((pan, axis) => pan + before[axis] - after[axis]);
      this.draw();
    },
    turnZoom(step) {
      this.zoom = Math.min(Math.max(this.zoom + step, 0), 1);
    },
    enlarge(i) {
      this.enlarged = this.enlarged === null ? i : null;
    },

    // Keys
    key(event) {
      const focus = document.activeElement;
      const typing = focus && ["INPUT", "TEXTAREA", "SELECT"].includes(focus.tagName) && focus.type !== "range";
      const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
      if (typing || event.altKey || ((event.ctrlKey || event.metaKey) && !undo)) return;
      if (focus?.type === "range" && event.key.startsWith("Arrow")) return;
      // Space and Enter press the button that has the focus, once.
      if ([" ", "Enter"].includes(event.key) && focus?.matches("button, a, [role=button]")) {
        if (event.repeat) event.preventDefault();
        return;
      }
      if (event.key === "Tab" || /^F\d/.test(event.key)) return;
      const dialog = document.querySelector(".q-dialog");
      if (event.key.startsWith("Arrow") && !dialog) event.preventDefault(); // no scrolling
      if (event.repeat || !window.socket?.connected) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key; // with Caps Lock too
      if (dialog) this.tell(key, event);
      else if (key in LOCAL_KEYS) this.turnZoom(LOCAL_KEYS[key]);
      else if (key === "v") this.enlarged = this.enlarged === this.views.length - 1 ? null : (this.enlarged ?? -1) + 1;
      else if (key === "Escape") this.enlarged = null;
      else if (event.shiftKey && key in PAN_KEYS && !this.editable) this.panAll(PAN_KEYS[key]);
      else this.tell(undo ? "u" : key, event);
    },
    tell(key, event) {
      this.$emit("key", { key, shift: event.shiftKey, shown: this.shown });
    },
    panAll(step) {
      this.pan = this.pan.map((pan, i) => {
        const { width, height } = this.$refs.canvases[i];
        const { scale } = this.place(i);
        return [pan[0] + (step[0] * width) / scale, pan[1] + (step[1] * height) / scale];
      });
      this.draw();
    },
    letGoOfButton(event) {
      // After a click with the mouse, keys mean the page and not the button.
      if (event.detail > 0) event.target.closest?.("button, canvas, input[type=range]")?.blur();
    },
  },
};
