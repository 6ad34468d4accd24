"""Account settings: fields of Mutation."""

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from schema.inputs import draft_of
from schema.settings import AccountSettingsUpdateInput, AccountSettingsUpdatePayload
from services.settings import SettingsChange


class SettingsMutations:
    """Changing how the account works."""

    @mutation(kind="settings", payload=AccountSettingsUpdatePayload)
    async def account_settings_update(self, info: Info, input: AccountSettingsUpdateInput) -> Answer:
        """Changes settings of the account. What is not mentioned stays; null gives back the default."""
        return await info.context.services.settings.update(draft_of(SettingsChange, input))
