"""Result documents: the signed XML, the page that shows it, and the check of either."""
