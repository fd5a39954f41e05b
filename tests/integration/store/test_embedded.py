import subprocess
import sys

STARTS_AND_STOPS = """
import sys, tempfile
from pathlib import Path
from gateway.store.embedded import EmbeddedPostgres

with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
    Path(folder).chmod(0o755)
    server = EmbeddedPostgres(Path(folder))
    server.start()
    server.stop()
"""


def test_a_stopped_server_leaves_no_folder_behind_when_its_process_ends(tmp_path_factory):
    place = tmp_path_factory.mktemp("embedded")
    for folder in (place, *place.parents):
        if folder.stat().st_uid == place.stat().st_uid and folder.name.startswith(("embedded", "pytest-")):
            folder.chmod(0o755)  # the server's own user must reach its data
    subprocess.run([sys.executable, "-c", STARTS_AND_STOPS, str(place)], check=True, timeout=120)
    assert list(place.iterdir()) == []
