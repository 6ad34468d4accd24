"""Registrations: where an account collects tax, from when until when."""

from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from domain.addresses import country_of
from domain.checks import checked, checked_where_given
from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.taxes import RegistrationStatus, TaxPlace, registration_status
from domain.texts import required_text
from models import Account, TaxRegistration
from services.base import Service
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.tax.drafts import TaxRegistrationChange, TaxRegistrationDraft, TaxRegistrationSearch
from services.tax.rates import PLACE_LENGTH_MAX
from services.transactions import for_update


class TaxRegistrations(Service):
    """Making registrations and letting them end. What they collected stays, so that none is ever deleted."""

    def matching(self, wanted: TaxRegistrationSearch) -> Listing:
        """The registrations that a list shows, by what they are now."""
        found = self.mine(TaxRegistration)
        if wanted.country is not None:
            found = found.filter(country=wanted.country.upper())
        now = self.scope.clock.now()
        match wanted.status:
            case RegistrationStatus.EXPIRED:
                return found.filter(expires_at__lte=now)
            case RegistrationStatus.SCHEDULED:
                return found.filter(Q(expires_at=None) | Q(expires_at__gt=now), active_from__gt=now)
            case RegistrationStatus.ACTIVE:
                return found.filter(Q(expires_at=None) | Q(expires_at__gt=now), active_from__lte=now)
        return found

    @transactional
    async def create(self, draft: TaxRegistrationDraft) -> TaxRegistration:
        """A registration, of which a place has one at a time."""
        now = self.scope.clock.now()
        problems = Problems()
        country = checked(problems, country_of, draft.country)
        state = checked_where_given(problems, required_text, draft.state, PLACE_LENGTH_MAX, "state")
        row = TaxRegistration.made(
            id=self.new_id(Prefix.TAX_REGISTRATION),
            created_at=now,
            country=country,
            state=state.upper() if isinstance(state, str) else None,
            active_from=draft.active_from or now,
            expires_at=draft.expires_at,
            **self.ownership(),
        )
        checked(problems, _refuse_backwards, row)
        if country is not None and not self.scope.gateways.tax.covers(_place(row)):
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"No tax is known that is collected by a registration in {_place(row)}; tax rates of your own can ask"
                " for it.",
                "country" if row.state is None else "state",
            )
        problems.raise_any()
        await self._refuse_second(row)
        await insert_rows([row])
        return row

    @transactional
    async def update(self, change: TaxRegistrationChange) -> TaxRegistration:
        """Change when a registration begins or ends; one that is over stays over, and one that began has begun."""
        row = await self.lock(TaxRegistration, change.id)
        now = self.scope.clock.now()
        status = registration_status(row.active_from, row.expires_at, now)
        problems = Problems()
        if status is RegistrationStatus.EXPIRED:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Tax registration {row.id} expired at {_shown(row.expires_at)}; create another one.",
                "id",
            )
        if change.active_from is not UNSET and status is RegistrationStatus.ACTIVE:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Tax registration {row.id} has been active since {_shown(row.active_from)}, which stays.",
                "activeFrom",
            )
        row.active_from = given(change.active_from, row.active_from)
        row.expires_at = given(change.expires_at, row.expires_at)
        checked(problems, _refuse_backwards, row)
        problems.raise_any()
        await self._refuse_second(row)
        await update_rows([row], ["active_from", "expires_at"])
        return row

    async def _refuse_second(self, row: TaxRegistration) -> None:
        """Refuse two registrations of one place whose times meet; the account is held meanwhile."""
        await for_update(Account.filter(id=self.scope.account_id)).get()
        place: dict[str, Any] = {"country": row.country, "state": row.state}
        others = self.mine(TaxRegistration).filter(
            Q(expires_at=None) | Q(expires_at__gt=row.active_from), **place
        ).exclude(id=row.id)  # fmt: skip
        if row.expires_at is not None:
            others = others.filter(active_from__lt=row.expires_at)
        other = await others.first()
        if other is not None:
            raise DomainError(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                f"Tax registration {other.id} is for {_place(row)} at that time already; let it expire first.",
                "country",
            )


def _place(row: TaxRegistration) -> TaxPlace:
    return TaxPlace(row.country, row.state)


def _refuse_backwards(row: TaxRegistration) -> None:
    if row.expires_at is not None and row.expires_at <= row.active_from:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A registration cannot expire at {_shown(row.expires_at)}, when it is not active before"
            f" {_shown(row.active_from)}.",
            "expiresAt",
        )


def _shown(moment: datetime | None) -> str:
    return "no time" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
