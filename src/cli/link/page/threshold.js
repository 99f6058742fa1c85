"use strict";
(function () {
  var slider = document.getElementById("threshold");
  if (!slider) { return; }
  var rows = JSON.parse(document.getElementById("thresholds").textContent);
  function show() {
    var row = rows[Number(slider.value)];
    ["bits", "pairs", "precision", "recall"].forEach(function (name, place) {
      document.getElementById("threshold-" + name).textContent = row[place];
    });
  }
  slider.addEventListener("input", show);
  show();
})();
