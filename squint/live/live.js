// A live session: the video with its regions, the regions as they are scored, and the curve of each animal.
//
// What changes comes as server-sent events and goes straight to canvases: nothing of it is kept but the last minutes.

const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]; // of animals, after Okabe and Ito
const SMALLEST = 16; // px of the video, of a side of a region
const HANDLE = 12; // px of the screen around a corner
const KEPT_EVENTS_MS = 5000; // without an event, after which the page is out of touch

const number = (value, digits = 0) => (value === null || value === undefined ? "–" : value.toFixed(digits));

export default {
  template: `
    <div class="live" :data-state="state" :data-run="news.run">
      <div class="trouble" role="alert" v-if="trouble"><p>{{ trouble }}</p></div>
      <section class="measures" aria-label="How the session runs">
        <span class="state" :data-good="news.connected && !lost">{{ status }}</span>
        <span><b class="fps">{{ number(news.fps) }}</b> frames/s</span>
        <span>from frame to score <b class="median">{{ number(news.median_ms) }}</b> ms, 99 % within <b class="p99">{{ number(news.p99_ms) }}</b> ms</span>
        <span :class="{ bad: news.dropped > 0 }"><b class="dropped">{{ news.dropped ?? 0 }}</b> dropped</span>
        <span><b class="scored">{{ news.scored ?? 0 }}</b> scored</span>
        <span class="clock">{{ clock(news.time_s) }}</span>
      </section>
      <div class="pictures">
        <figure>
          <canvas ref="video" class="video" tabindex="0" role="img" :aria-label="'The video with ' + regions.length + ' regions'"
                  @pointerdown="grab" @pointermove="drag" @pointerup="drop" @pointercancel="drop"></canvas>
          <figcaption>{{ news.running ? "the video" : "Draw up to " + most + " regions with the mouse; drag one to move it, a corner to change it; Delete removes the chosen one" }}</figcaption>
        </figure>
        <figure><canvas ref="scored" class="scored-regions" role="img" aria-label="The regions as they were scored last"></canvas>
          <figcaption>{{ drawn ? "as scored" : "not started" }}</figcaption></figure>
      </div>
      <section class="controls">
        <button type="button" class="main start" v-if="!news.running" data-ready="true" @click="start" :aria-disabled="!regions.length">Start</button>
        <button type="button" class="stop" v-else @click="act('stop')">Stop</button>
        <button type="button" class="record" :aria-pressed="!!news.recording" :aria-disabled="!news.running" @click="act('record', [!news.recording, annotated])">{{ news.recording ? "Stop recording" : "Record" }}</button>
        <label><input type="checkbox" v-model="annotated" :disabled="!!news.recording"> the video with marks too</label>
        <label><input type="checkbox" class="masks" :checked="news.masks" @change="act('masks', $event.target.checked)"> masks</label>
        <button type="button" v-if="!news.running" class="remove" :aria-disabled="chosen === null" @click="remove">Remove region</button>
        <span class="keys"><template v-for="(label, key) in labels"><kbd>{{ key }}</kbd> {{ label }} </template><kbd>m</kbd></span>
        <input class="label" v-model="label" maxlength="60" aria-label="What the key m marks" placeholder="own mark">
        <span class="hint note" v-if="news.note">{{ news.note }}</span>
        <span class="hint" v-if="news.recording">recording into {{ news.recording }}</span>
      </section>
      <section class="curves" ref="curves" aria-label="Scores over time">
        <figure v-for="(region, i) in regions" :key="region[0]">
          <figcaption :style="{ color: colour(i) }"><b>{{ region[0] }}</b>
            <span class="score">{{ last[region[0]]?.score ?? "–" }}</span>
            <span class="ends">{{ last[region[0]]?.ends }}</span></figcaption>
          <canvas class="curve" :data-region="region[0]" role="img" :aria-label="'Scores of ' + region[0]"></canvas>
        </figure>
      </section>
      <p class="hint">Dots are frames, the line is their moving average with blinks left out; its band should hold {{ coverage }} % of an expert's scores. The dashed line is the threshold of {{ threshold }}.</p>
    </div>`,
  props: { base: String, highest: Number, threshold: Number, coverage: Number, minutes: Number, labels: Object, most: Number },
  data() {
    return { news: { run: 0, running: false }, regions: [], chosen: null, annotated: false, label: "", last: {}, lost: false, shut: false, drawn: false };
  },
  computed: {
    state() {
      if (this.lost) return "lost";
      if (this.news.ended) return "ended";
      if (!this.news.running) return "stopped";
      return this.news.connected ? "running" : "gone";
    },
    status() {
      if (this.lost) return "this page has lost its server";
      return { ended: "ended", stopped: "not started", running: "connected", gone: "no server" }[this.state];
    },
    trouble() {
      if (this.shut) return "The program behind this page was started anew: open the link that it printed.";
      if (this.lost) return "This page has lost its server; it goes on as soon as it is there again.";
      if (this.news.trouble) return this.news.trouble;
      if (this.news.recording_fault) return this.news.recording_fault;
      return this.news.running && !this.news.connected ? this.news.words : this.news.ended && !/has ended/.test(this.news.words) ? this.news.words : "";
    },
  },
  created() {
    this.series = {}; // region to its points; not reactive: they change ten times a second
    this.marks = [];
    this.run = -1;
    this.held = null;
    this.busy = { frame: false, regions: false };
    this.frame = [16, 9];
  },
  mounted() {
    this.listen();
    document.addEventListener("keydown", this.key);
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.$refs.curves);
    this.watching = setInterval(() => (this.lost = Date.now() - this.heard > KEPT_EVENTS_MS), 1000);
    this.fetchPicture("frame", this.$refs.video);
  },
  unmounted() {
    this.events.close();
    clearInterval(this.watching);
    this.resizing.disconnect();
    document.removeEventListener("keydown", this.key);
  },
  methods: {
    number,
    colour: (i) => COLOURS[i % COLOURS.length],
    clock(seconds) {
      if (seconds === undefined) return "";
      return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
    },
    act(action, value = null) {
      this.$emit("act", { action, value });
    },
    start() {
      if (this.regions.length) this.act("start", this.regions);
    },

    // News
    listen() {
      this.heard = Date.now();
      this.events = new EventSource(`${this.base}/events`);
      this.events.onmessage = (event) => this.take(JSON.parse(event.data));
      this.events.onopen = () => { this.run = -1; }; // a new stream tells all anew
      this.events.onerror = () => { this.shut = this.events.readyState === EventSource.CLOSED; };
    },
    take(news) {
      this.heard = Date.now();
      this.lost = false;
      if (news.run !== this.run) {
        this.run = news.run;
        this.series = {};
        this.marks = [];
        this.last = {};
        this.drawn = false;
        if (!this.held && !this.edited) this.regions = news.regions;
      }
      this.frame = news.frame;
      if (news.running) [this.regions, this.edited] = [news.regions, false];
      const { curves, marks, ...rest } = news;
      this.news = rest;
      this.marks.push(...marks);
      for (const [name, { raw, smoothed, abstained }] of Object.entries(curves)) {
        const series = (this.series[name] ??= { raw: [], smoothed: [] });
        series.raw.push(...raw);
        series.smoothed.push(...smoothed);
        const since = (news.time_s ?? 0) - this.minutes * 60;
        for (const points of [series.raw, series.smoothed]) {
          const old = points.findIndex(([time]) => time >= since);
          if (old > 0) points.splice(0, old);
        }
        const point = series.raw.at(-1);
        if (point) this.last[name] = { score: point[1] === null ? abstained : point[1].toFixed(1), ends: point[2] === null ? "" : `${point[2].toFixed(1)} to ${point[3].toFixed(1)}` };
      }
      if (!news.running && !this.bitmap) this.fetchPicture("frame", this.$refs.video); // of a page that was hidden
      const progress = news.scored;
      if (news.running && progress !== this.shown) {
        this.shown = progress;
        this.fetchPicture("regions", this.$refs.scored).then((got) => { this.drawn ||= got; });
        this.fetchPicture("frame", this.$refs.video);
      }
      this.draw();
    },
    async fetchPicture(kind, canvas) {
      if (this.busy[kind] || document.hidden) return false;
      this.busy[kind] = true;
      try {
        const answer = await fetch(`${this.base}/${kind}`);
        if (answer.status !== 200) return false;
        const bitmap = await createImageBitmap(await answer.blob());
        if (kind === "frame") {
          this.bitmap?.close();
          this.bitmap = bitmap;
          this.drawVideo();
        } else {
          this.fit(canvas, bitmap.width, bitmap.height);
          canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
          bitmap.close();
        }
        return true;
      } catch {
        return false; // the page says that it has lost its server
      } finally {
        this.busy[kind] = false;
      }
    },
    fit(canvas, width, height) {
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    },

    // Drawing
    drawVideo() {
      const canvas = this.$refs.video;
      if (!canvas || !this.bitmap) return;
      this.fit(canvas, this.bitmap.width, this.bitmap.height);
      const context = canvas.getContext("2d", { alpha: false });
      const scale = canvas.width / this.frame[0];
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(this.bitmap, 0, 0);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.font = `${16 / scale}px system-ui, sans-serif`;
      this.shownRegions().forEach(([name, left, top, width, height], i) => {
        for (const [line, colour] of [[5, "#000"], [2.5, this.colour(i)]]) {
          context.lineWidth = line / scale;
          context.strokeStyle = colour;
          context.strokeRect(left, top, width, height);
        }
        if (i === this.chosen && !this.news.running) {
          context.fillStyle = "#fff";
          for (const [x, y] of this.corners([name, left, top, width, height])) context.fillRect(x - 5 / scale, y - 5 / scale, 10 / scale, 10 / scale);
        }
        context.fillStyle = this.colour(i);
        context.fillRect(left, top, (context.measureText(name).width + 12 / scale), 22 / scale);
        context.fillStyle = "#fff";
        context.fillText(name, left + 6 / scale, top + 16 / scale);
      });
    },
    draw() {
      this.drawVideo();
      const now = this.news.time_s ?? 0;
      this.$refs.curves?.querySelectorAll("canvas").forEach((canvas, i) => {
        const ratio = window.devicePixelRatio || 1;
        const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
        if (!width || !height) return;
        this.fit(canvas, width, height);
        this.drawCurve(canvas.getContext("2d"), width, height, ratio, this.series[canvas.dataset.region], now, this.colour(i));
      });
    },
    drawCurve(context, width, height, ratio, series, now, colour) {
      const style = getComputedStyle(document.body);
      const [ink, faint, grid] = ["--ink", "--faint", "--line"].map((name) => style.getPropertyValue(name) || "#888");
      const [left, right, above, below] = [28 * ratio, 6 * ratio, 5 * ratio, 16 * ratio];
      const span = Math.min(this.minutes * 60, Math.max(30, Math.ceil(now / 30) * 30));
      const begin = Math.max(0, now - span);
      const x = (time) => left + ((time - begin) / span) * (width - left - right);
      const y = (score) => height - below - (score / this.highest) * (height - above - below);
      context.clearRect(0, 0, width, height);
      context.font = `${11 * ratio}px system-ui, sans-serif`;
      context.lineWidth = ratio;
      context.strokeStyle = grid;
      context.fillStyle = faint;
      context.textAlign = "right";
      for (const score of [0, this.highest / 2, this.highest]) {
        context.beginPath();
        context.moveTo(left, y(score));
        context.lineTo(width - right, y(score));
        context.stroke();
        context.fillText(String(score), left - 4 * ratio, y(score) + 4 * ratio);
      }
      context.textAlign = "center";
      const step = span > 120 ? 60 : 15;
      for (let time = Math.ceil(begin / step) * step; time <= begin + span; time += step) context.fillText(this.clock(time), x(time), height - 3 * ratio);
      context.setLineDash([4 * ratio, 4 * ratio]);
      context.strokeStyle = faint;
      context.beginPath();
      context.moveTo(left, y(this.threshold));
      context.lineTo(width - right, y(this.threshold));
      context.stroke();
      context.setLineDash([]);
      for (const [time, label] of this.marks) {
        if (time < begin) continue;
        context.strokeStyle = ink;
        context.beginPath();
        context.moveTo(x(time), above);
        context.lineTo(x(time), height - below);
        context.stroke();
        context.fillStyle = ink;
        context.textAlign = "left";
        context.fillText(label, x(time) + 3 * ratio, above + 10 * ratio);
      }
      if (!series) return;
      const smoothed = series.smoothed;
      context.globalAlpha = 0.2;
      context.fillStyle = colour;
      this.runs(smoothed, (run) => {
        context.beginPath();
        run.forEach(([time, , , high], i) => context[i ? "lineTo" : "moveTo"](x(time), y(high)));
        for (const [time, , low] of run.toReversed()) context.lineTo(x(time), y(low));
        context.fill();
      }, (point) => point[1] === null || point[2] === null);
      context.globalAlpha = 0.45;
      const size = 2 * ratio;
      for (const [time, score] of series.raw) if (score !== null) context.fillRect(x(time) - size / 2, y(score) - size / 2, size, size);
      context.globalAlpha = 1;
      context.strokeStyle = colour;
      context.lineWidth = 2 * ratio;
      this.runs(smoothed, (run) => {
        context.beginPath();
        run.forEach(([time, score], i) => context[i ? "lineTo" : "moveTo"](x(time), y(score)));
        context.stroke();
      }, (point) => point[1] === null);
    },
    runs(points, draw, missing) {
      // Calls `draw` with each run of points that are not missing.
      let run = [];
      for (const point of points) {
        if (!missing(point)) run.push(point);
        else if (run.length) {
          draw(run);
          run = [];
        }
      }
      if (run.length) draw(run);
    },

    // Regions
    shownRegions() {
      if (!this.held?.region) return this.regions;
      const shown = [...this.regions];
      shown[this.held.index] = this.held.region;
      return shown;
    },
    corners([, left, top, width, height]) {
      return [[left, top], [left + width, top], [left, top + height], [left + width, top + height]];
    },
    point(event) {
      // The canvas shows its picture whole within its place.
      const canvas = event.target;
      const shown = Math.min(canvas.clientWidth / canvas.width, canvas.clientHeight / canvas.height);
      const scale = (canvas.width / this.frame[0]) * shown;
      const x = (event.offsetX - (canvas.clientWidth - canvas.width * shown) / 2) / scale;
      const y = (event.offsetY - (canvas.clientHeight - canvas.height * shown) / 2) / scale;
      return { at: [Math.min(Math.max(x, 0), this.frame[0]), Math.min(Math.max(y, 0), this.frame[1])], near: HANDLE / scale };
    },
    grab(event) {
      if (event.button !== 0 || this.news.running || !this.bitmap) return;
      const { at, near } = this.point(event);
      event.target.setPointerCapture(event.pointerId);
      const corner = this.regions.flatMap((region, index) => this.corners(region).map((place, which) => ({ index, which, far: Math.hypot(place[0] - at[0], place[1] - at[1]) }))).filter(({ far }) => far < near).sort((a, b) => a.far - b.far)[0];
      if (corner) {
        const fixed = this.corners(this.regions[corner.index])[3 - corner.which];
        this.held = { index: corner.index, from: fixed, how: "size" };
      } else {
        const index = this.regions.findIndex(([, left, top, width, height]) => at[0] > left && at[0] < left + width && at[1] > top && at[1] < top + height);
        if (index >= 0) this.held = { index, from: at, how: "move" };
        else if (this.regions.length < this.most) this.held = { index: this.regions.length, from: at, how: "size" };
      }
      this.chosen = this.held?.index ?? null;
      this.draw();
    },
    drag(event) {
      if (!this.held) return;
      const { at } = this.point(event);
      const { index, from, how } = this.held;
      const old = this.regions[index];
      if (how === "move") {
        const left = Math.min(Math.max(old[1] + at[0] - from[0], 0), this.frame[0] - old[3]);
        const top = Math.min(Math.max(old[2] + at[1] - from[1], 0), this.frame[1] - old[4]);
        this.held.region = [old[0], Math.round(left), Math.round(top), old[3], old[4]];
      } else {
        const box = [Math.min(at[0], from[0]), Math.min(at[1], from[1]), Math.abs(at[0] - from[0]), Math.abs(at[1] - from[1])];
        this.held.region = [old?.[0] ?? this.freeName(), ...box.map(Math.round)];
      }
      this.drawVideo();
    },
    drop() {
      const held = this.held;
      this.held = null;
      if (held?.region && Math.min(held.region[3], held.region[4]) >= SMALLEST) {
        this.regions = this.regions.toSpliced(held.index, 1, held.region);
        this.edited = true;
      }
      this.draw();
    },
    freeName() {
      for (let name = 1; ; name++) if (!this.regions.some((region) => region[0] === String(name))) return String(name);
    },
    remove() {
      if (this.chosen === null || this.news.running) return;
      this.regions = this.regions.toSpliced(this.chosen, 1);
      [this.chosen, this.edited] = [null, true];
      this.draw();
    },
    key(event) {
      if (["INPUT", "TEXTAREA"].includes(document.activeElement?.tagName) && document.activeElement.type !== "checkbox") return;
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in this.labels) this.act("mark", this.labels[event.key]);
      else if (event.key.toLowerCase() === "m") this.act("mark", this.label || "mark");
      else if (["Delete", "Backspace"].includes(event.key)) this.remove();
    },
  },
};
