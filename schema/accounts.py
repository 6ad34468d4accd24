"""Accounts in the API: who sells. Their settings stand in `schema/settings.py`."""

from datetime import datetime

import models
from domain.ids import Prefix
from domain.settings import settings_of
from schema.base import Node, column, computed, node_type
from schema.scalars import Currency
from schema.settings import AccountSettings


@node_type(models.Account, kind="accounts", prefix=Prefix.ACCOUNT)
class Account(Node):
    """A business with its own customers, catalogue and books. The first account of a server is the platform."""

    created: datetime = column("When it was made.", source="created_at")
    country: str = column("Where it is at home, as a two-letter ISO 3166-1 code.")
    default_currency: Currency = column("The currency that is meant where none is named.")
    business_name: str | None = column("What customers know it by.")
    email: str | None = column("Where mail about the account goes.")

    @computed("How the account works: every setting, those never chosen with their defaults.")
    def settings(self) -> AccountSettings:
        """Reads through to what is stored."""
        return AccountSettings.of(settings_of(self.row.settings))
