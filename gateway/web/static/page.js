import { createAll, Button, ErrorSummary, FileUpload, PasswordInput, Radios, Checkboxes, SkipLink, NotificationBanner } from "./vendor/govuk-frontend.min.js";

for (const component of [Button, ErrorSummary, FileUpload, PasswordInput, Radios, Checkboxes, SkipLink, NotificationBanner]) {
  createAll(component);
}
