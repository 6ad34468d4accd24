"""What can be set from outside: environment variables `PRORATA_…`, or one TOML file that `PRORATA_CONFIG` names.

A variable wins over the file. In the file the names stand in lower case without the prefix (`port = 8000`). Everything
is checked at the start, and every wrong or unknown name is told in one message.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from prorata.database import configuration
from prorata.refusals import ConfigurationWrong

PREFIX = "PRORATA_"
_CONFIG = "PRORATA_CONFIG"
_OF_TESTS = re.compile(r"PRORATA_(TEST_.*|REQUIRE_BROWSER)")
_SECRET = {"bootstrap_secret_key", "database_url", "secret_key"}
_BOOTSTRAP = re.compile(r"sk_test_[A-Za-z0-9_]{16,247}")


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """The settings of one process. Each description says what a value must be."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    database_url: str = Field(
        repr=False,
        default="sqlite://.prorata/prorata.db",
        description="sqlite:// and a file (a third slash makes its path absolute), or postgresql://user:password@host/name",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="the address to listen on, such as 0.0.0.0")
    port: int = Field(default=8000, ge=0, le=65535, description="a whole number from 0 (any free port) to 65535")
    public_url: str | None = Field(
        default=None, description="the address under which others reach the server, such as https://billing.example.com"
    )
    secret_key: SecretStr | None = Field(
        default=None, min_length=32, description="a text of at least 32 characters that nobody can guess"
    )
    bootstrap_secret_key: SecretStr | None = Field(
        default=None,
        description="a test key: sk_test_ and at least 16 letters, digits or underscores; live keys are never known "
        "beforehand",
    )
    attempt_grace_seconds: int = Field(default=60, ge=1, le=86_400, description="a whole number of seconds, 1 to 86400")
    group_size: int = Field(default=1_000, ge=1, le=10_000, description="a whole number from 1 to 10000")
    introspection: bool = Field(default=True, description="true or false")
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warning or error")
    tax_calculator: str = Field(
        default="embedded",
        pattern=r"embedded|[A-Za-z_][\w.]*:[A-Za-z_]\w*",
        description="embedded, or a module and what it has that makes a calculator of your own: shop.tax:Calculator",
    )
    config: Path | None = Field(default=None, description="the path of a TOML file")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, os.environ.get(_CONFIG) or None)

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, url: str) -> str:
        if "postgres" in configuration(url)["connections"]:
            urlsplit(url).port  # noqa: B018 - raises ValueError where the address is none
        return url

    @field_validator("public_url")
    @classmethod
    def _public_url_is_one(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(url)
        return url.rstrip("/")

    @field_validator("bootstrap_secret_key")
    @classmethod
    def _bootstrap_key_is_a_test_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not _BOOTSTRAP.fullmatch(key.get_secret_value()):
            raise ValueError("no test key")
        return key

    @property
    def sqlite_file(self) -> Path | None:
        """The file of an SQLite database; None with PostgreSQL."""
        connections: dict[str, Any] = configuration(self.database_url)["connections"]
        return Path(connections["sqlite"]["credentials"]["file_path"]) if "sqlite" in connections else None

    @property
    def folder(self) -> Path:
        """Where keys are kept: beside the SQLite file, or `.prorata` in the current folder."""
        file = self.sqlite_file
        return Path(".prorata") if file is None else file.parent

    @property
    def on_loopback(self) -> bool:
        """True when only this machine reaches the server: by its address, and by the public one if there is one."""
        public = urlsplit(self.public_url).hostname if self.public_url else None
        return is_loopback(self.host) and (public is None or is_loopback(public))


def is_loopback(host: str) -> bool:
    """True when an address or a name means this machine and nobody else."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_settings(**chosen: Any) -> Settings:
    """The settings of this process; those chosen on the command line win.

    Raises `ConfigurationWrong`, which names every setting that is wrong or unknown.
    """
    problems = [*_unknown_variables(os.environ), *_file_problems(os.environ.get(_CONFIG))]
    try:
        settings = Settings(**chosen)
    except ValidationError as error:
        problems.extend(_explained(error, chosen, os.environ))
    except (OSError, tomllib.TOMLDecodeError):
        pass  # Among the problems of the file already.
    else:
        problems.extend(_contradictions(settings))
        if not problems:
            return settings
    raise ConfigurationWrong(problems)


def _unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not _OF_TESTS.fullmatch(name):
            similar = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
            hint = f" Did you mean {similar[0]}?" if similar else ""
            yield f"{name} is no setting of Prorata.{hint}"


def _file_problems(path: str | None) -> Iterator[str]:
    if not path:
        return
    try:
        with Path(path).open("rb") as file:
            tomllib.load(file)
    except OSError as error:
        yield f"{_CONFIG} names {path}, which cannot be read: {error.strerror}."
    except tomllib.TOMLDecodeError as error:
        yield f"{_CONFIG} names {path}, which is no valid TOML: {error}."


def _explained(error: ValidationError, chosen: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each setting that pydantic refused."""
    for each in error.errors():
        name = str(each["loc"][0])
        variable = PREFIX + name.upper()
        value = each["input"]
        if name in chosen:
            place = f"--{name.replace('_', '-')}"
        elif environment.get(variable):
            place, value = variable, environment[variable]
        else:
            place = f"'{name}' in {environment.get(_CONFIG)}"
        field = Settings.model_fields.get(name)
        if field is None:
            yield f"{place} is no setting of Prorata."
        elif name in _SECRET:
            yield f"{place} is refused; it must be {field.description}."
        else:
            yield f"{place} is {value!r}; it must be {field.description}."


def _contradictions(settings: Settings) -> Iterator[str]:
    if settings.secret_key is None and settings.sqlite_file is None and not is_loopback(settings.host):
        yield (
            f"PRORATA_SECRET_KEY is missing: with PostgreSQL and the address {settings.host} all machines must share "
            "one. `python -c 'import secrets; print(secrets.token_urlsafe(32))'` makes one."
        )
    if settings.config is not None and not os.environ.get(_CONFIG):
        yield f"'config' in a file is refused; {_CONFIG} in the environment names the file."
