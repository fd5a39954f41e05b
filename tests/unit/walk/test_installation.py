"""An installation's secrets."""

from simulators.installation import Installation, Ports


def installation(folder, url):
    return Installation.at(folder, ports=Ports(), admin_url=url)


def test_installations_that_share_a_server_agree_on_its_roles_and_on_nothing_else(tmp_path):
    one = installation(tmp_path / "one", "postgresql://root:word@db.example/one?sslmode=require")
    two = installation(tmp_path / "two", "postgresql://root:word@db.example/two?sslmode=require")
    other = installation(tmp_path / "other", "postgresql://root:word@other.example/one?sslmode=require")
    assert one.role_secret == two.role_secret != other.role_secret
    assert one.secret != two.secret


def test_the_secret_is_readable_by_its_owner_alone(tmp_path):
    one = installation(tmp_path, "postgresql:///one")
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert installation(tmp_path, "postgresql:///one").secret == one.secret
