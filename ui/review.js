// Answering by keyboard: while the form has the focus, 1, 2 and 3 choose an answer and go on to the reason.
// Without this script the answers are chosen with the arrow keys.
const form = document.getElementById("decide");
if (form) {
  const answers = [...form.querySelectorAll("input[name=answer]")];
  const reason = document.getElementById("reason");
  answers[0].focus({ preventScroll: true });
  form.addEventListener("keydown", (event) => {
    const answer = answers[Number(event.key) - 1];
    if (answer && event.target !== reason) {
      event.preventDefault();
      answer.checked = true;
      reason.focus();
    }
  });
}
