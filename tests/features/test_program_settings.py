"""Settings come from the environment or one file, and every wrong one is named at the start."""

from pathlib import Path

import pytest

from gateways.tax import EmbeddedCalculator
from prorata.cli import main
from prorata.house import house_of
from prorata.kept_keys import secret_key_of
from prorata.refusals import ConfigurationWrong
from prorata.settings import LogLevel, load_settings


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PORT", "HOST", "CONFIG", "SECRET_KEY"):
        monkeypatch.delenv(f"PRORATA_{name}", raising=False)


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.sqlite_file == Path(".prorata/prorata.db")
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8000, LogLevel.INFO)
    assert settings.on_loopback


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRORATA_PORT", "70000")
    monkeypatch.setenv("PRORATA_GROUP_SIZE", "many")
    monkeypatch.setenv("PRORATA_PUBLIC_URL", "billing.example.com")
    monkeypatch.setenv("PRORATA_DATABSE_URL", "sqlite://x.db")
    with pytest.raises(ConfigurationWrong) as refused:
        load_settings()
    assert refused.value.problems == (
        "PRORATA_DATABSE_URL is no setting of Prorata. Did you mean PRORATA_DATABASE_URL?",
        "PRORATA_PORT is '70000'; it must be a whole number from 0 (any free port) to 65535.",
        "PRORATA_PUBLIC_URL is 'billing.example.com'; it must be the address under which others reach the server, "
        "such as https://billing.example.com.",
        "PRORATA_GROUP_SIZE is 'many'; it must be a whole number from 1 to 10000.",
    )


def test_a_wrong_setting_ends_the_program_with_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRORATA_ATTEMPT_GRACE_SECONDS", "-1")
    with pytest.raises(SystemExit) as ended:
        main(["migrate"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "prorata: One setting is wrong:\n"
        "  PRORATA_ATTEMPT_GRACE_SECONDS is '-1'; it must be a whole number of seconds, 1 to 86400.\n"
    )


def test_a_wrong_option_is_named_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRORATA_PORT", "8000")
    with pytest.raises(ConfigurationWrong, match="--port is 99999; it must be a whole number from 0"):
        load_settings(port=99999)


@pytest.mark.parametrize("name", ["PRORATA_TEST_POSTGRES_URL", "PRORATA_REQUIRE_BROWSER"])
def test_variables_of_the_tests_are_no_mistakes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    load_settings()


@pytest.mark.parametrize("key", ["sk_live_0123456789abcdef", "sk_test_short", "sk_test_0123456789abcde!", "whatever"])
def test_only_a_test_key_can_be_known_beforehand(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRORATA_BOOTSTRAP_SECRET_KEY", key)
    with pytest.raises(ConfigurationWrong, match="must be a test key") as refused:
        load_settings()
    assert key not in str(refused.value)


def test_secrets_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRORATA_DATABASE_URL", "mysql://shop:hunter2@db/shop")
    monkeypatch.setenv("PRORATA_SECRET_KEY", "hunter3")
    with pytest.raises(ConfigurationWrong) as refused:
        load_settings()
    assert [word for word in ("hunter2", "hunter3") if word in str(refused.value)] == []


def test_a_file_gives_settings_and_variables_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "prorata.toml").write_text('port = 9000\nhost = "localhost"\n')
    monkeypatch.setenv("PRORATA_CONFIG", str(tmp_path / "prorata.toml"))
    monkeypatch.setenv("PRORATA_HOST", "127.0.0.2")
    settings = load_settings()
    assert (settings.port, settings.host) == (9000, "127.0.0.2")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("prot = 1\n", "'prot' in prorata.toml is no setting of Prorata."),
        ("port = -1\n", "'port' in prorata.toml is -1; it must be a whole number from 0 (any free port) to 65535."),
        ("port 1\n", "PRORATA_CONFIG names prorata.toml, which is no valid TOML: "),
        (None, "PRORATA_CONFIG names prorata.toml, which cannot be read: No such file or directory."),
    ],
)
def test_a_wrong_file_is_named(text: str | None, problem: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "prorata.toml").write_text(text)
    monkeypatch.setenv("PRORATA_CONFIG", "prorata.toml")
    with pytest.raises(ConfigurationWrong) as refused:
        load_settings()
    assert [each.startswith(problem) for each in refused.value.problems] == [True]


def test_machines_that_share_postgresql_must_share_the_secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRORATA_DATABASE_URL", "postgresql://db/prorata")
    monkeypatch.setenv("PRORATA_HOST", "0.0.0.0")
    with pytest.raises(ConfigurationWrong, match="PRORATA_SECRET_KEY is missing"):
        load_settings()
    monkeypatch.setenv("PRORATA_SECRET_KEY", "x" * 32)
    assert secret_key_of(load_settings()) == "x" * 32


def test_a_secret_key_is_made_once_and_kept_for_its_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRORATA_DATABASE_URL", f"sqlite://{tmp_path}/books/prorata.db")
    first = secret_key_of(load_settings())
    assert len(first) >= 32
    assert secret_key_of(load_settings()) == first
    path = tmp_path / "books" / "secret.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret.key"]


def test_tax_is_worked_out_by_whom_the_setting_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert house_of(load_settings()).gateways.tax.name == "embedded"
    monkeypatch.setenv("PRORATA_TAX_CALCULATOR", "gateways.tax:EmbeddedCalculator")
    assert isinstance(house_of(load_settings()).gateways.tax, EmbeddedCalculator)
    monkeypatch.setenv("PRORATA_TAX_CALCULATOR", "shop.nothing:Calculator")
    with pytest.raises(ConfigurationWrong, match=r"TAX_CALCULATOR is 'shop\.nothing:Calculator', which cannot"):
        house_of(load_settings())
    monkeypatch.setenv("PRORATA_TAX_CALCULATOR", "anything goes")
    with pytest.raises(ConfigurationWrong, match="must be embedded, or a module"):
        load_settings()
