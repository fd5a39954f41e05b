import { createAll, Button, ErrorSummary, FileUpload, PasswordInput, Radios, Checkboxes, SkipLink, NotificationBanner } from "./vendor/govuk-frontend.min.js";

for (const component of [Button, ErrorSummary, FileUpload, PasswordInput, Radios, Checkboxes, SkipLink, NotificationBanner]) {
  createAll(component);
}

// What is asked for anew takes the answer to the earlier question away: nobody books a time of another day than the one chosen.
for (const form of document.querySelectorAll("form[data-answered-by]")) {
  const answer = document.getElementById(form.dataset.answeredBy);
  form.addEventListener("change", () => {
    if (answer) answer.hidden = true;
  });
}
