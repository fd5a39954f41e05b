// The field for a barcode: a scanner is a keyboard that ends with Enter or Tab. Only the field itself listens.
// Layouts and prefixes are read at the server; here control characters go, which a form may not carry.
const NUMBER = 14;

export const listenForScans = () => {
  for (const form of document.querySelectorAll("form[data-scan]")) {
    const field = form.querySelector("input:not([type=hidden])");
    const clean = () => {
      field.value = field.value.replace(/[\u0000-\u001f\u007f]/g, "");
    };
    field.addEventListener("keydown", (event) => {
      // A suffix of Tab looks up as Enter does, but only after something as long as a number.
      if (event.key === "Tab" && !event.shiftKey && field.value.trim().length >= NUMBER) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", clean);
  }
};
