// Sorting, filtering and playing; the page reads well without them.
document.querySelectorAll("table[data-sortable]").forEach((table) => {
  table.querySelectorAll("thead th button").forEach((button) => {
    button.addEventListener("click", () => {
      const head = button.closest("th");
      const column = [...head.parentNode.children].indexOf(head);
      const down = head.getAttribute("aria-sort") !== "descending";
      head.parentNode.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.children[column].dataset.value ?? row.children[column].textContent.trim();
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const x = value(a), y = value(b);
        const order = x !== "" && y !== "" && !isNaN(x) && !isNaN(y) ? x - y : x.localeCompare(y, "ja");
        return down ? -order : order;
      });
      table.tBodies[0].append(...rows);
    });
  });
});
document.querySelectorAll("input[data-filter]").forEach((input) => {
  const rows = document.getElementById(input.dataset.filter).tBodies[0].rows;
  input.addEventListener("input", () => {
    const word = input.value.normalize("NFKC").toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.normalize("NFKC").toLowerCase().includes(word);
  });
});
const player = document.getElementById("player");
document.querySelectorAll("a.play").forEach((link) => {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const sound = player.querySelector("audio");
    player.hidden = false;
    player.querySelector("span").textContent = decodeURIComponent(link.getAttribute("href").split("#")[0].split("/").pop());
    sound.src = link.href;
    sound.play();
  });
});
