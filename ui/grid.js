// A grid takes what a spreadsheet copies: cells with tabs and line ends go into the cells right and below. Without this
// script the same is pasted into the field under the grid. Enter goes down a column, as spreadsheets do.
const grid = document.querySelector("table.grid");
const rows = () => [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input[type=text]")]).filter((cells) => cells.length > 0);

function place(input) {
  const all = rows();
  const row = all.findIndex((cells) => cells.includes(input));
  return { all, row, column: row < 0 ? -1 : all[row].indexOf(input) };
}

grid.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const { all, row, column } = place(event.target);
  if (row < 0 || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const left = [];
  text.split("\n").forEach((line, down) => {
    const cells = all[row + down];
    if (!cells) return left.push(line);
    line.split("\t").forEach((value, right) => {
      if (cells[column + right]) cells[column + right].value = value.trim();
    });
  });
  // What has no row in the grid waits in the field below, from where it is added.
  if (left.length > 0) document.getElementById("pasted").value += `${left.join("\n")}\n`;
});

grid.addEventListener("keydown", (event) => {
  const { all, row, column } = place(event.target);
  if (event.key !== "Enter" || row < 0) return;
  event.preventDefault();
  all[row + 1]?.[column]?.focus();
});
