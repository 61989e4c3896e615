// Pictures open large in a dialog, and the methods can be copied. Without this, a picture's link opens its file.
const viewer = document.getElementById("viewer");
const canvas = viewer.querySelector(".canvas");
const links = [...document.querySelectorAll("a.picture")];
let shown = 0;

function show(place) {
  shown = (place + links.length) % links.length;
  const picture = links[shown].querySelector("img");
  const large = canvas.querySelector("img");
  large.src = picture.src;
  large.alt = picture.alt;
  document.getElementById("viewer-title").textContent = picture.alt;
  canvas.classList.toggle("large", window.innerWidth < 700); // on a phone a whole picture would be too small
  canvas.scrollTo(0, 0);
  if (!viewer.open) viewer.showModal();
}

links.forEach((link, place) => link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(place);
}));
canvas.addEventListener("click", () => canvas.classList.toggle("large"));
viewer.addEventListener("click", (event) => {
  if (event.target === viewer) viewer.close();
  if (event.target.dataset.step) show(shown + Number(event.target.dataset.step));
});
viewer.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && !canvas.classList.contains("large")) show(shown + step);
});

const copy = document.querySelector(".copy");
const words = copy.textContent;
copy.hidden = false;
copy.addEventListener("click", async () => {
  const text = document.getElementById("methods-text");
  try {
    await navigator.clipboard.writeText(text.innerText);
    copy.textContent = copy.dataset.copied;
    setTimeout(() => { copy.textContent = words; }, 2000);
  } catch { // a browser that lets no page copy: the text is marked instead
    getSelection().selectAllChildren(text);
  }
});
