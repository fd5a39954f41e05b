import { createAll, Button, ErrorSummary, PasswordInput, Radios, Checkboxes, SkipLink, NotificationBanner } from "./vendor/govuk-frontend.min.js";

for (const component of [Button, ErrorSummary, PasswordInput, Radios, Checkboxes, SkipLink, NotificationBanner]) {
  createAll(component);
}
