"""The ground of all pages: layout, languages, sessions, guards of forms, error pages; portal and desk stand on it."""
