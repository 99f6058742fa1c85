// Long work is followed while it goes on: the hub tells how far it is, and the view opens anew when it has ended.
// Without this script the link beside it shows the same. Whoever leaves finds it again at the same address.
const running = document.querySelector("[data-live-from]");
if (running) {
  const told = new EventSource(running.dataset.liveFrom);
  told.addEventListener("progress", (event) => {
    const { texts, share } = JSON.parse(event.data);
    for (const [name, text] of Object.entries(texts)) {
      document.querySelectorAll(`[data-live="${name}"]`).forEach((place) => { place.textContent = text; });
    }
    document.querySelectorAll("[data-live-share]").forEach((bar) => { bar.value = share; });
  });
  told.addEventListener("ended", () => {
    told.close();
    location.reload();
  });
}
