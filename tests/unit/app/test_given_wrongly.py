"""What the shell is told of a command that was given wrongly."""

from __future__ import annotations

import pytest

from gateway.cli import main


@pytest.mark.parametrize("words", [(), ("verify",), ("catalogue", "--lang", "xx"), ("nosuch",)])
def test_a_command_given_wrongly_ends_with_64_and_not_with_what_means_undetermined(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 64
    assert "usage: qyzmet" in capsys.readouterr().err
